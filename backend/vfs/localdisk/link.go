package localdisk

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"portico/backend/vfs/driver"
)

const maxLinks = 40

// walker resolves a name by hand, segment by segment: for absolute links, for links that lead out of
// the volume into a link root, and where the system cannot follow links for us.
type walker struct {
	a     *anchor
	base  string // absolute path that stack[0] stands for
	stack []dir
	names []string // of stack[1:]
	rest  []string // segments still to go
	hops  int
	out   bool // in a link root
}

func (a *anchor) walk(name string) (target, error) {
	w := &walker{a: a}
	defer w.drop()
	if err := w.start(a.real, a.root, name); err != nil {
		return target{}, err
	}
	h, err := w.run()
	if err != nil {
		return target{}, err
	}
	t := target{h: h, linked: w.hops > 0, outside: w.out}
	real := strings.Join(w.names, "/")
	if real == "" {
		real = "."
	}
	if w.out {
		real = ""
		t.base = filepath.Base(name)
		return t, nil
	}
	return a.settled(t, real, name)
}

// start puts the walk at the top of base.
func (w *walker) start(base string, top dir, rest string) error {
	w.drop()
	d, err := top.dup()
	if err != nil {
		return err
	}
	w.base, w.stack, w.names = base, []dir{d}, nil
	w.rest = strings.Split(rest, "/")
	return nil
}

func (w *walker) drop() {
	for _, d := range w.stack {
		d.close()
	}
	w.stack = nil
}

func (w *walker) top() dir { return w.stack[len(w.stack)-1] }

func (w *walker) run() (handle, error) {
	for len(w.rest) > 0 {
		seg := w.rest[0]
		w.rest = w.rest[1:]
		switch seg {
		case "", ".":
			continue
		case "..":
			if err := w.up(); err != nil {
				return nil, err
			}
			continue
		}
		h, err := w.top().find(seg, noLinks)
		if err != nil {
			return nil, err
		}
		switch {
		case h.meta().isLink():
			err = w.follow(h)
			h.close()
		case len(w.rest) == 0 && !h.meta().isDir():
			w.names = append(w.names, seg)
			return h, nil
		default:
			err = w.down(h, seg)
			h.close()
		}
		if err != nil {
			return nil, err
		}
	}
	return w.top().find(".", noLinks)
}

func (w *walker) down(h handle, seg string) error {
	d, err := h.dir()
	if err != nil {
		return err
	}
	w.stack, w.names = append(w.stack, d), append(w.names, seg)
	return nil
}

// up goes to the parent of the folder itself; above the top the way goes on by absolute path.
func (w *walker) up() error {
	if len(w.stack) == 1 {
		return w.jump(filepath.Dir(w.base) + "/" + strings.Join(w.rest, "/"))
	}
	last := len(w.stack) - 1
	w.stack[last].close()
	w.stack, w.names = w.stack[:last], w.names[:last-1]
	return nil
}

func (w *walker) follow(h handle) error {
	if w.hops++; w.hops > maxLinks {
		return errors.Join(fs.ErrNotExist, errLink)
	}
	to, err := h.readlink()
	if err != nil {
		return err
	}
	to = filepath.ToSlash(to)
	if filepath.IsAbs(to) {
		return w.jump(to + "/" + strings.Join(w.rest, "/"))
	}
	w.rest = append(strings.Split(to, "/"), w.rest...)
	return nil
}

// jump goes on at an absolute path: below the root, or below a link root, else nowhere.
func (w *walker) jump(abs string) error {
	if w.hops++; w.hops > maxLinks {
		return errors.Join(fs.ErrNotExist, errLink)
	}
	if ok, err := w.land(abs); ok || err != nil {
		return err
	}
	// Written with other words for the same place, or through links outside the volume.
	real, err := filepath.EvalSymlinks(abs)
	if err != nil {
		return driver.ErrOutside
	}
	if ok, err := w.land(real); ok || err != nil {
		return err
	}
	return driver.ErrOutside
}

func (w *walker) land(abs string) (bool, error) {
	abs = strings.TrimRight(filepath.ToSlash(abs), "/")
	for _, base := range []string{w.a.real, w.a.d.opts.Root} {
		if rest, ok := below(filepath.ToSlash(base), abs); ok {
			w.out = false
			return true, w.start(w.a.real, w.a.root, rest)
		}
	}
	for _, asked := range w.a.d.opts.LinkRoots {
		top, err := w.a.d.opener(asked)
		if err != nil {
			continue // not connected
		}
		real := realRoot(top, asked)
		for _, base := range []string{real, asked} {
			if rest, ok := below(filepath.ToSlash(base), abs); ok {
				w.out = true
				err = w.start(real, top, rest)
				top.close()
				return true, err
			}
		}
		top.close()
	}
	return false, nil
}
