package localdisk

import (
	"os"
	"path/filepath"
	"sync"
	"time"
)

// guarded knows the folders of Options.Hide and Options.Apart and the files in them, as objects: a hard
// link or a mount may show them anywhere below the root.
type guarded struct {
	folders secrets // where they are, and what

	mu    sync.Mutex
	at    time.Time
	files []meta
}

// listedFor is how long the list of private files is believed.
const listedFor = time.Second

// mounts notes on which mounts the folders lie.
func (p *guarded) mounts(open func(path string) (dir, error)) {
	for i := range p.folders {
		f, err := open(p.folders[i].path)
		if err != nil {
			continue
		}
		if m, err := f.stat(); err == nil {
			p.folders[i].mnt = m.mnt
		}
		f.close()
	}
}

// has reports whether m is one of the folders or a file in one of them. A file of one name that lies on
// the same mount as they do is none, and costs nothing.
func (p *guarded) has(m meta) bool {
	if m.isDir() {
		return p.folders.has(m)
	}
	if !m.isFile() {
		return false
	}
	for _, f := range p.folders {
		if f.dev == m.dev && (m.links > 1 || m.mnt != 0 && m.mnt != f.mnt) {
			return p.holds(m)
		}
	}
	return false
}

func (p *guarded) holds(m meta) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.at) > listedFor {
		p.files, p.at = p.list(), time.Now()
	}
	for _, f := range p.files {
		if f.same(m) {
			return true
		}
	}
	return false
}

// list returns the files that lie directly in the folders: keys, settings, the database.
func (p *guarded) list() (out []meta) {
	for _, f := range p.folders {
		names, err := os.ReadDir(f.path)
		if err != nil {
			continue
		}
		for _, e := range names {
			if m, err := statPath(filepath.Join(f.path, e.Name())); err == nil && m.isFile() {
				out = append(out, m)
			}
		}
	}
	return out
}
