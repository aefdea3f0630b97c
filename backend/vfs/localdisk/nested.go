package localdisk

import (
	"path/filepath"

	"portico/backend/vfs/driver"
)

var _ driver.Container = (*Disk)(nil)

// Holds returns where in this volume the folder of another one lies: where it was opened, and where its
// settings say that it is, also while nothing is there. Folders are told by device and inode, not by
// how they are written.
func (d *Disk) Holds(other driver.Driver) []string {
	o, ok := other.(*Disk)
	if !ok || o == d {
		return nil
	}
	d.mu.Lock()
	self := d.self
	d.mu.Unlock()
	var out []string
	for _, at := range o.places() {
		if name, ok := nameIn(self, at); ok && (len(out) == 0 || out[0] != name) {
			out = append(out, name)
		}
	}
	return out
}

// places are the absolute paths of the volume's folder, links resolved.
func (d *Disk) places() []string {
	out := []string{resolved(d.opts.Root)}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cur != nil && d.cur.real != out[0] {
		out = append(out, d.cur.real)
	}
	return out
}

// resolved follows the links of as much of a path as is there.
func resolved(path string) string {
	for at, rest := path, ""; ; at, rest = filepath.Dir(at), filepath.Join(filepath.Base(at), rest) {
		if real, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(real, rest)
		}
		if at == filepath.Dir(at) {
			return path
		}
	}
}

// nameIn returns the name of an absolute path in the folder top, if it lies in there.
func nameIn(top meta, path string) (string, bool) {
	for at := filepath.Dir(path); ; at = filepath.Dir(at) {
		if m, err := statPath(at); err == nil && m.same(top) {
			name, err := filepath.Rel(at, path)
			return filepath.ToSlash(name), err == nil && name != "."
		}
		if at == filepath.Dir(at) {
			return "", false
		}
	}
}
