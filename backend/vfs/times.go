package vfs

import (
	"io/fs"
	"math"
	"time"

	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// SetTimes sets the modification time of a file or folder, by whoever may replace it. What is known
// of the content stays known. It is no event. Of the session's own unfinished write it sets the time
// that the file will have.
func (s *Session) SetTimes(name string, mtime time.Time) error {
	if err := s.touch(name, mtime); err != nil {
		return problem(VerbTimes, name, err)
	}
	return nil
}

func (s *Session) touch(name string, mtime time.Time) error {
	if u, _ := s.ownPending(name); u != nil {
		u.mu.Lock()
		u.modTime = keepable(mtime)
		u.mu.Unlock()
		return nil
	}
	t, err := s.writable(name)
	if err != nil {
		return err
	}
	defer t.close()
	defer s.tree.names.lock(t.key())()
	if err := s.relook(t); err != nil {
		return err
	}
	if t.obj == nil {
		return fs.ErrNotExist
	}
	if c := s.claimOf(t); !c.replace() {
		return c.refuse()
	}
	op := s.op(VerbTimes, &t.place)
	if err := s.admit(op); err != nil {
		return err
	}
	_, err = s.setTimes(t, keepable(mtime))
	s.released(op, err, 0)
	return err
}

// keepable is t, or the nearest time that can be kept: drivers and the store count nanoseconds in 64 bits.
func keepable(t time.Time) time.Time {
	first, last := time.Unix(0, math.MinInt64), time.Unix(0, math.MaxInt64)
	switch {
	case t.IsZero():
		return t
	case t.Before(first):
		return first
	case t.After(last):
		return last
	}
	return t
}

// setTimes sets the time of a locked target and returns what it is then.
func (s *Session) setTimes(t *target, mtime time.Time) (driver.Info, error) {
	was := t.info.Version
	if err := t.folder.SetTimes(s.ctx, t.base, mtime); err != nil {
		return driver.Info{}, translate(err)
	}
	obj, err := t.folder.Lookup(s.ctx, t.base, driver.WantNoFollow)
	if err != nil {
		return driver.Info{}, translate(err)
	}
	defer obj.Close()
	info := obj.Info()
	err = s.tree.store.Write(s.ctx, store.Fast, func(tx *store.Tx) error {
		node, err := tx.Node(t.vol.Name, t.rel)
		if err != nil || node == 0 {
			return err
		}
		return tx.SetVersion(node, was, info.Version)
	})
	return info, err
}
