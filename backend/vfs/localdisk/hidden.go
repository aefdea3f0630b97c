package localdisk

import (
	"slices"
	"strings"
	"sync"
)

// hiddenSet knows hidden places by device and inode.
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

func (s *hiddenSet) forget(m meta) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = slices.DeleteFunc(s.all, m.same)
}

// born tells when the hidden folder m was made.
func (s *hiddenSet) born(m meta) int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, h := range s.all {
		if h.same(m) {
			return h.born
		}
	}
	return 0
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
	if isBeside(base) && m.isFile() || d.priv.has(m) {
		return true
	}
	if !m.isDir() {
		return false
	}
	known := d.hidden.has(m)
	if !known && !suspicious(base) {
		return false
	}
	h, err := in.find(base, noLinks)
	if err != nil {
		return known
	}
	defer h.close()
	hm := h.meta()
	switch {
	case known && hm.born != 0 && hm.born == d.hidden.born(m), isPlace(h):
		d.hidden.add(hm)
		return true
	case known:
		d.hidden.forget(m) // somebody removed the place, and the inode was given out again
	}
	return false
}

// isPlace reports whether a folder is a hidden place, of whatever instance.
func isPlace(h handle) bool {
	inner, err := h.dir()
	if err != nil {
		return false
	}
	defer inner.close()
	b, err := readFile(inner, markName, int64(len(markText)))
	return err == nil && string(b) == markText
}

// hides reports whether the object m, found at real, is in a hidden place or is one.
func (a *anchor) hides(real string, m meta) bool {
	if real == "." {
		return false
	}
	segs := strings.Split(real, "/")
	// A mount may show a hidden place under any name, and a secret folder has any.
	careful := m.mnt != a.m.mnt || len(a.d.secret) > 0 || a.d.priv.has(m)
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
