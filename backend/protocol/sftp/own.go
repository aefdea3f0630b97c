package sftp

import (
	"errors"
	"io/fs"
	"time"

	"portico/backend/access"
	"portico/backend/vfs"
)

// What is being written in a conversation is seen there under its name, and nowhere else: programs that
// work on files from afar (sshfs) look at what they have just written.

// own is the handle by which a name is being written here; nil where it is not.
func (t *talk) own(name string) *handle {
	if t.files.writers == 0 {
		return nil
	}
	name, err := vfs.Clean(name)
	if err != nil {
		return nil
	}
	var newest *handle
	last := uint32(0)
	for n, h := range t.files.open {
		if h.writer != nil && h.clean == name && n > last {
			newest, last = h, n
		}
	}
	return newest
}

// entry is what a write is by now.
func (h *handle) entry() vfs.Entry {
	at := h.mtime
	if at.IsZero() {
		at = time.Now()
	}
	return vfs.Entry{Kind: vfs.KindFile, Size: h.writer.Size(), ModTime: at, Rights: access.Read | access.Write}
}

// look tells what is at a name: what is being written here, else what is whole, else how much came of
// what was cut, so that its sender can go on.
func (t *talk) look(name string) (vfs.Entry, error) {
	if h := t.own(name); h != nil {
		return h.entry(), nil
	}
	e, err := t.s.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		if u, ok := t.s.Unfinished(name); ok && !u.Appends {
			return vfs.Entry{Kind: vfs.KindFile, Size: u.Size, ModTime: time.Now(), Rights: access.Write}, nil
		}
	}
	return e, err
}

// goOn takes up what the same person sent before to that name and was cut, where the client goes on with
// it; where it begins anew, that is given up. nil: there is nothing of that kind.
func (t *talk) goOn(name string, o vfs.CreateOptions) (*vfs.Writer, error) {
	u, ok := t.s.Unfinished(name)
	switch {
	case !ok, o.Base == vfs.Append && u.Appends:
		return nil, nil
	case o.Base == vfs.Empty:
		return nil, t.giveUp(u)
	case t.writes(u.ID):
		return nil, vfs.ErrBusy
	}
	// Clients go on from the length that they were told. Where another file is there, that was its
	// length, and what comes would be joined to the wrong half.
	_, err := t.s.Stat(name)
	switch {
	case err == nil && u.Busy:
		return nil, vfs.ErrBusy
	case err == nil:
		return nil, errCut
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	return t.s.Resume(u.ID)
}

// giveUp throws away what waits, but not what somebody else of that name writes at this moment.
func (t *talk) giveUp(u vfs.Unfinished) error {
	if u.Busy {
		return nil
	}
	w, err := t.s.Resume(u.ID)
	if err == nil {
		err = w.Abort()
	}
	return err
}

// writes reports whether this conversation has a write open.
func (t *talk) writes(id string) bool {
	for _, h := range t.files.open {
		if h.writer != nil && h.writer.ID() == id {
			return true
		}
	}
	return false
}
