package vfs

import (
	"encoding/hex"
	"io/fs"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
)

// Keeps reports whether what is removed at a tree path, and what is replaced there, can come back.
func (t *Tree) Keeps(path string) (removed, replaced bool) {
	v, _ := t.mounts.Load().find(path)
	if v == nil {
		return false, false
	}
	return v.Trash, v.Versions
}

// TakeBack undoes an arrival that the log tells of: a file that appeared goes into the trash, one that
// replaced another gives way to what was there before, a folder that was made goes if it is empty. first
// tells what happened, last what must be there now: the same event, unless more came to that name.
// Where anything else is there, nothing is done: ErrPrecondition; fs.ErrNotExist where it is gone. It
// needs what Remove and Restore need, and a volume that Keeps what is taken back.
func (s *Session) TakeBack(first, last event.Event) error {
	name, err := s.placeOf(last.Node)
	if err == nil {
		switch first.Kind {
		case event.Created, event.Folder:
			_, err = s.remove(name, func(t *target) error { return s.standsAs(t, last) })
		case event.Replaced:
			err = s.reinstate(name, first, last)
		default:
			err = &Error{Err: ErrPrecondition, Text: "That cannot be taken back."}
		}
	}
	if err != nil {
		return problem(VerbRemove, last.Path, err)
	}
	return nil
}

// placeOf is the name of a node in this session, wherever it has been moved since.
func (s *Session) placeOf(node int64) (string, error) {
	if err := s.err(); err != nil {
		return "", err
	}
	var volume, rel string
	known := false
	err := s.tree.store.Read(s.ctx, func(tx *store.Tx) (err error) {
		volume, rel, known, err = tx.Place(node)
		return err
	})
	if err != nil {
		return "", err
	}
	for _, v := range s.tree.mounts.Load().all() {
		if known && v.Name == volume {
			if name, ok := s.nameOf(joinRel(v.Path, rel)); ok {
				return name, nil
			}
		}
	}
	return "", fs.ErrNotExist
}

// changed says that something is not what arrived any more.
func changed() error {
	return &Error{Err: ErrPrecondition, Text: "It was changed after it had arrived."}
}

// standsAs checks that what is at a locked target is what an event tells of, and that it will be kept.
func (s *Session) standsAs(t *target, e event.Event) error {
	if !t.vol.Trash {
		return &Error{Err: ErrPrecondition, Text: "What is removed there is gone for good."}
	}
	if _, err := s.arrivedAs(t, e); err != nil || e.Kind != event.Folder {
		return err
	}
	sum, err := s.countTarget(t)
	if err == nil && (sum.Files > 0 || sum.Folders > 1) {
		err = ErrNotEmpty
	}
	return err
}

// arrivedAs returns what is known of a target's content, if an event tells of just that.
func (s *Session) arrivedAs(t *target, e event.Event) (c store.Content, err error) {
	same := false
	err = s.tree.store.Read(s.ctx, func(tx *store.Tx) error {
		node, err := tx.Node(t.vol.Name, t.rel)
		if err != nil || node == 0 || node != e.Node {
			return err
		}
		c, same, err = tx.Content(node)
		return err
	})
	switch {
	case err != nil:
		return c, err
	case !same, c.Arrived.After(e.Time): // the same bytes may have come once more
		return c, changed()
	case c.Folder:
		same = e.Kind == event.Folder && t.info.Kind == KindFolder
	default:
		same = t.info.Kind == KindFile && c.Version == t.info.Version && hex.EncodeToString(c.SHA256) == e.Hash
	}
	if !same {
		return c, changed()
	}
	return c, nil
}

// reinstate brings back what an event tells was replaced. What replaced it is kept as a version.
func (s *Session) reinstate(name string, first, last event.Event) error {
	if first.ID != last.ID {
		return &Error{Err: ErrPrecondition, Text: "It was replaced more than once. Its versions hold what was there before."}
	}
	t, err := s.resolveTarget(name)
	if err != nil {
		if t != nil {
			t.close()
		}
		return err
	}
	defer t.close()
	if t.obj == nil {
		return fs.ErrNotExist
	}
	c, err := s.arrivedAs(t, last)
	if err != nil {
		return err
	}
	var kept []store.Kept
	err = s.tree.store.Read(s.ctx, func(tx *store.Tx) (err error) {
		kept, err = tx.KeptOf(last.Node, store.AtticVersions)
		return err
	})
	if err != nil {
		return err
	}
	// A version is put away after its successor was signed, so at most one is younger than that.
	if len(kept) == 0 || kept[0].At.Before(c.Arrived) {
		return &Error{Err: ErrPrecondition, Text: "What was there before was not kept."}
	}
	if !s.claimOf(t).restore(kept[0]) {
		return s.need(&t.place, access.Read|access.Delete)
	}
	_, err = s.restoreVersion(t.vol, kept[0], name, CreateOptions{IfMatch: t.info.Version})
	return err
}
