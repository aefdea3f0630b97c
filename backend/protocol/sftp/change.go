package sftp

import (
	"errors"
	"io/fs"

	"portico/backend/vfs"
)

func (t *talk) remove(p *packet) error {
	name := t.at(p)
	if p.bad {
		return t.status(p.id, errBad)
	}
	_, err := t.s.RemoveFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		if u, ok := t.s.Unfinished(name); ok && !u.Busy {
			err = t.giveUp(u)
		}
	}
	return t.status(p.id, err)
}

func (t *talk) rmdir(p *packet) error {
	name := t.at(p)
	if p.bad {
		return t.status(p.id, errBad)
	}
	_, err := t.s.RemoveEmpty(name)
	return t.status(p.id, err)
}

func (t *talk) mkdir(p *packet) error {
	name := t.at(p)
	p.attrs()
	if p.bad {
		return t.status(p.id, errBad)
	}
	_, err := t.s.Mkdir(name, false)
	return t.status(p.id, err)
}

// rename moves to a free name, as version 3 has it.
func (t *talk) rename(p *packet) error { return t.move(p, vfs.Refuse) }

// replace moves onto whatever is there, as POSIX has it.
func (t *talk) replace(p *packet) error { return t.move(p, vfs.Replace) }

func (t *talk) move(p *packet, e vfs.OnExist) error {
	from, to := t.at(p), t.at(p)
	if p.bad {
		return t.status(p.id, errBad)
	}
	_, err := t.s.Rename(from, to, e)
	if errors.Is(err, fs.ErrExist) {
		err = errTaken
	}
	return t.status(p.id, err)
}

func (t *talk) symlink(p *packet) error { return t.status(p.id, errLinks) }

// setstat keeps times and lengths. Owners and modes are not kept, and clients that set them are not told
// of a failure: most do so after each file, and what somebody may do here does not hang on them.
func (t *talk) setstat(p *packet) error {
	name := t.at(p)
	a := p.attrs()
	if p.bad {
		return t.status(p.id, errBad)
	}
	return t.status(p.id, t.set(name, a))
}

func (t *talk) set(name string, a attrs) error {
	if h := t.own(name); h != nil {
		return h.set(a)
	}
	if a.has&(hasSize|hasTimes) == 0 {
		_, err := t.s.Stat(name)
		return err
	}
	if a.has&hasSize != 0 {
		if err := t.resize(name, a.size); err != nil {
			return err
		}
	}
	if a.has&hasTimes != 0 {
		return t.s.SetTimes(name, a.mtime)
	}
	return nil
}

// set changes what is being written.
func (h *handle) set(a attrs) error {
	if a.has&hasSize != 0 {
		h.came = true
		if err := h.writer.Truncate(a.size); err != nil {
			return err
		}
	}
	if a.has&hasTimes != 0 {
		h.mtime = a.mtime
		return h.writer.SetTimes(a.mtime)
	}
	return nil
}

// resize gives a file that is there another length.
func (t *talk) resize(name string, size int64) error {
	w, err := t.s.Create(name, vfs.CreateOptions{Base: vfs.Existing, IfMatch: "*", Size: -1})
	if errors.Is(err, vfs.ErrPrecondition) {
		return fs.ErrNotExist
	}
	if err != nil {
		return err
	}
	if err = w.Truncate(size); err == nil {
		_, err = w.Commit()
	}
	if err != nil {
		// The first error is the one to tell.
		_ = w.Abort()
	}
	return err
}

func (t *talk) fsetstat(p *packet) error {
	h, _ := t.files.find(p)
	a := p.attrs()
	switch {
	case p.bad:
		return t.status(p.id, errBad)
	case h == nil:
		return t.status(p.id, errHandle)
	case h.writer == nil:
		a.has &^= hasSize
		return t.status(p.id, t.set(h.name, a))
	}
	return t.status(p.id, h.set(a))
}
