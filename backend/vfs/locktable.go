package vfs

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/access"
	"portico/backend/store"
)

// mostLocks bounds the table, mostLocksEach what one identity has of it.
const (
	mostLocks     = 10_000
	mostLocksEach = 1000
)

// lockTable is the store's table of locks, kept in memory for asking.
type lockTable struct {
	count atomic.Int64
	mu    sync.Mutex
	all   map[string]store.Lock // by token
	now   func() time.Time
}

func (t *Tree) loadLocks(ctx context.Context) error {
	t.locks.all, t.locks.now = make(map[string]store.Lock), t.now
	return t.store.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.Locks()
		for _, l := range list {
			if l.Until.After(t.now()) {
				t.locks.all[l.Token] = l
			}
		}
		t.locks.count.Store(int64(len(t.locks.all)))
		return err
	})
}

// conflict returns a lock that forbids another one.
func (t *lockTable) conflict(l store.Lock, now time.Time) *store.Lock {
	for _, o := range t.all {
		if !o.Until.After(now) || o.Shared && l.Shared {
			continue
		}
		if covers(o, l.Path) || covers(l, o.Path) {
			return &o
		}
	}
	return nil
}

// of counts the locks of a party.
func (t *lockTable) of(p store.Party) (n int) {
	for _, l := range t.all {
		if l.By.Kind == p.Kind && l.By.ID == p.ID {
			n++
		}
	}
	return n
}

// covers reports whether a lock speaks of a path.
func covers(l store.Lock, path string) bool {
	return l.Path == path || l.Subtree && access.Within(l.Path, path)
}

// admit is the guard that locks are: whatever a change touches must be unlocked, or its token shown.
// A folder's own lock also speaks of which names are in it.
func (t *lockTable) admit(s *Session, op *Op) error {
	if t.count.Load() == 0 {
		return nil
	}
	switch op.Verb {
	case VerbCreate:
		if err := t.check(s, op.Asked, false); err != nil || op.Exists {
			return err
		}
		return t.check(s, access.Parent(op.Asked), false)
	case VerbCopy:
		return t.checkBoth(s, op.To)
	case VerbRename:
		if err := t.checkBoth(s, op.To); err != nil {
			return err
		}
		return t.checkBoth(s, op.Asked)
	case VerbMkdir, VerbRemove:
		return t.checkBoth(s, op.Asked)
	}
	return t.check(s, op.Asked, false)
}

// checkBoth asks about a name, all that is below it, and its folder.
func (t *lockTable) checkBoth(s *Session, path string) error {
	if err := t.check(s, path, true); err != nil {
		return err
	}
	return t.check(s, access.Parent(path), false)
}

// check refuses a change of path, or of everything below it too, unless the session has shown the
// token.
func (t *lockTable) check(s *Session, path string, below bool) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	for token, l := range t.all {
		if !covers(l, path) && !(below && access.Within(path, l.Path)) || !l.Until.After(now) || s.shows(token) {
			continue
		}
		if l.Shared && t.shares(s, l.Path, now) {
			continue
		}
		return s.lockedBy(&l)
	}
	return nil
}

// shares reports whether the session has shown a token of a shared lock on a path: of several, one will do
// (RFC 4918, 6.2).
func (t *lockTable) shares(s *Session, path string, now time.Time) bool {
	for token, l := range t.all {
		if l.Shared && covers(l, path) && l.Until.After(now) && s.shows(token) {
			return true
		}
	}
	return false
}

// dropLocks forgets the locks on what was removed or moved away.
func (t *Tree) dropLocks(path string) {
	if t.locks.count.Load() == 0 {
		return
	}
	t.locks.mu.Lock()
	defer t.locks.mu.Unlock()
	var gone []string
	for token, l := range t.locks.all {
		if access.Within(path, l.Path) {
			gone = append(gone, token)
		}
	}
	if len(gone) == 0 {
		return
	}
	if err := t.dropLocked(t.ctx, gone...); err != nil {
		t.log.Warn("locks outlived what they were on", "path", path, "err", err)
	}
}

// dropLocked forgets a lock; the caller holds the table.
func (t *Tree) dropLocked(ctx context.Context, tokens ...string) error {
	err := t.store.Write(context.WithoutCancel(ctx), store.Durable, func(tx *store.Tx) error {
		for _, token := range tokens {
			if err := tx.DropLock(token); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, token := range tokens {
		delete(t.locks.all, token)
	}
	t.locks.count.Store(int64(len(t.locks.all)))
	return nil
}

// expireLocks forgets the locks whose time is over.
func (t *Tree) expireLocks() {
	if t.locks.count.Load() == 0 {
		return
	}
	t.locks.mu.Lock()
	defer t.locks.mu.Unlock()
	now := t.now()
	for token, l := range t.locks.all {
		if !l.Until.After(now) {
			delete(t.locks.all, token)
		}
	}
	t.locks.count.Store(int64(len(t.locks.all)))
	err := t.store.Write(t.ctx, store.Fast, func(tx *store.Tx) error { return tx.DropLocksUntil(now) })
	if err != nil && t.ctx.Err() == nil {
		t.log.Warn("old locks could not be forgotten", "err", err)
	}
}
