package localdisk

import (
	"strings"
	"sync"
)

// hiddenSet knows hidden places by device and inode. It only grows: a place stays hidden for as long
// as the process lives.
type hiddenSet struct {
	mu  sync.RWMutex
	all []meta
}

func (s *hiddenSet) has(m meta) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, h := range s.all {
		if h.same(m) {
			return true
		}
	}
	return false
}

func (s *hiddenSet) add(m meta) {
	if s.has(m) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, m)
}

// suspicious reports whether a stored or asked name may be one of ours: by its letters, or because it
// may be the short form of one.
func suspicious(base string) bool {
	if len(base) >= len(hiddenName) && strings.EqualFold(base[:len(hiddenName)], hiddenName) {
		return true
	}
	return strings.Contains(base, "~") || len(base) > 0 && base[0] == '.' && !ascii(base)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// hidesIn reports whether base, which lies in in and is m, is to be left out.
func (d *Disk) hidesIn(in dir, base string, m meta) bool {
	if isBeside(base) && m.isFile() {
		return true
	}
	if !m.isDir() {
		return false
	}
	if d.hidden.has(m) {
		return true
	}
	if !suspicious(base) {
		return false
	}
	if d.isPlace(in, base) {
		d.hidden.add(m)
		return true
	}
	return false
}

// isPlace reports whether a folder with a name like ours is a hidden place, of whatever instance.
func (d *Disk) isPlace(in dir, base string) bool {
	h, err := in.find(base, noLinks)
	if err != nil {
		return false
	}
	defer h.close()
	inner, err := h.dir()
	if err != nil {
		return false
	}
	defer inner.close()
	m, err := inner.lstat(markName)
	return err == nil && m.isFile()
}

// hides reports whether the object m, found at real, is in a hidden place or is one.
func (a *anchor) hides(real string, m meta) bool {
	if real == "." {
		return false
	}
	segs := strings.Split(real, "/")
	careful := m.mnt != a.m.mnt // a mount may show a hidden place under any name
	for _, s := range segs {
		careful = careful || suspicious(s)
	}
	if !careful {
		return false
	}
	in, err := a.root.dup()
	if err != nil {
		return true
	}
	defer func() { in.close() }()
	for i, s := range segs {
		h, err := in.find(s, noLinks)
		if err != nil {
			// Moved or removed meanwhile: then nobody can be told what it was.
			return true
		}
		hm := h.meta()
		if a.d.hidesIn(in, s, hm) {
			h.close()
			return true
		}
		if i == len(segs)-1 {
			h.close()
			return false
		}
		next, err := h.dir()
		h.close()
		if err != nil {
			return true
		}
		in.close()
		in = next
	}
	return false
}
