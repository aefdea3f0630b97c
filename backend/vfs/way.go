package vfs

import (
	"context"
	"errors"
	"io/fs"

	"portico/backend/access"
	"portico/backend/store"
)

// way is what stands in the way of a folder that moves, or is copied or restored, to a taken name. It
// goes into the attic as Remove would put it there, in the same change as what comes; should that fail
// or a crash cut it, it comes back.
type way struct {
	at   *target
	note *note
	act  func(context.Context) error
}

// makeWay judges whether what is at a target may be removed, and prepares it. A storage that cannot
// rename folders has no one step: there it goes at once, and the way is nil.
func (s *Session) makeWay(t *target) (*way, error) {
	sum, err := s.surveyTarget(t, access.Delete, false)
	if err != nil {
		return nil, err
	}
	if !t.vol.caps.RenameTree {
		if _, err := s.takeAway(t, sum); err != nil {
			return nil, err
		}
		return nil, s.relook(t)
	}
	n, act := s.removal(t, sum, true)
	return &way{at: t, note: n, act: act}, nil
}

// clearing is a deed that makes way first.
func (t *Tree) clearing(w *way, n *note, d deed) deed {
	if w == nil {
		return d
	}
	n.Way = w.note
	act, seal := d.act, d.seal
	d.act = func(ctx context.Context) error {
		if err := w.act(ctx); err != nil {
			return err
		}
		if err := t.at("way"); err != nil {
			return errors.Join(errUnknown, err)
		}
		err := act(ctx)
		if err == nil || !refused(err) { // judged as after a crash
			return err
		}
		if berr := t.putBack(ctx, w.at.vol, w.note); berr != nil {
			return errors.Join(errUnknown, err, berr)
		}
		return err
	}
	d.seal = func(ctx context.Context) error {
		return errors.Join(sealTrash(ctx, w.at.folder, true), seal(ctx))
	}
	return d
}

// cleared ends what hung on what was in the way.
func (t *Tree) cleared(w *way) {
	if w != nil {
		t.gone(w.at, w.note)
	}
}

// gone ends what hung on a name that was taken away.
func (t *Tree) gone(tg *target, n *note) {
	t.dropLocks(tg.path)
	t.loseWaiting(tg)
	if n.Kind == store.AtticPurge {
		t.purgeSoon(tg.vol)
	}
}

// redoClearing finds out what became of a change that made way first: while what was in the way is
// there the change has not begun, and when it did not happen that comes back.
func (t *Tree) redoClearing(ctx context.Context, v *volume, n *note, became func() (bool, error)) (bool, error) {
	attic, err := t.atticAt(ctx, v, n.Way.Near, store.AtticTrash)
	if missing(err) {
		return false, nil // the folder in which it would have happened is gone
	}
	if err != nil {
		return false, err
	}
	defer attic.Close()
	moved, err := exists(ctx, attic, n.Way.Attic)
	if err != nil || !moved {
		return false, err
	}
	n.Way.Now = infoAt(ctx, attic, n.Way.Attic).Version
	happened, err := became()
	if err != nil || happened {
		return happened, err
	}
	return false, t.putBack(ctx, v, n.Way)
}

// putBack brings back what was in the way of a change that did not happen: to its name, or beside it
// where somebody else has taken that meanwhile.
func (t *Tree) putBack(ctx context.Context, v *volume, n *note) error {
	dir, base, err := t.folderOf(ctx, v, n.Path)
	if err != nil {
		return err
	}
	defer dir.Close()
	attic, err := t.atticAt(ctx, v, n.Near, store.AtticTrash)
	if err != nil {
		return err
	}
	defer attic.Close()
	to := base
	err = moveName(ctx, v, attic, n.Attic, dir, to, true)
	for i := 2; errors.Is(err, fs.ErrExist) && i < mostBeside; i++ {
		to = besideName(base, i)
		err = moveName(ctx, v, attic, n.Attic, dir, to, true)
	}
	if err != nil || to != base {
		return err
	}
	now := infoAt(ctx, dir, base).Version
	return t.store.Write(ctx, store.Fast, func(tx *store.Tx) error {
		node, err := tx.Node(v.Name, n.Path)
		if err != nil || node == 0 {
			return err
		}
		return tx.SetVersion(node, n.Was, now)
	})
}
