package vfs

import (
	"context"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/access"
	"portico/backend/store"
)

// LockRequest for Session.Lock.
type LockRequest struct {
	Shared  bool          // others may hold a shared lock too
	Subtree bool          // the folder and everything below it
	Timeout time.Duration // 0: the longest allowed
	Owner   string        // free text of the client, given back in Locks
	Token   string        // refresh this lock instead of taking a new one
}

// Lock is one held lock.
type Lock struct {
	Token   string
	Path    string // in this session's tree
	Shared  bool
	Subtree bool
	Owner   string
	By      string // the identity's name
	Mine    bool
	Timeout time.Duration
	Until   time.Time
}

// longestLock is how long a lock may be asked for; it can be refreshed any number of times.
const longestLock = time.Hour

// mostLocks bounds the table.
const mostLocks = 10000

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

// Lock takes or refreshes a lock on a name, which need not exist. Until Unlock or the timeout only
// who shows its token (ShowTokens) may change the name, through whichever door. Taking one needs the
// right to write there. A conflicting lock is ErrLocked.
func (s *Session) Lock(name string, r LockRequest) (Lock, error) {
	l, err := s.lock(name, r)
	if err != nil {
		return Lock{}, problem(VerbLock, name, err)
	}
	return l, nil
}

func (s *Session) lock(name string, r LockRequest) (Lock, error) {
	p, err := s.lockable(name)
	if err != nil {
		return Lock{}, err
	}
	if r.Timeout <= 0 || r.Timeout > longestLock {
		r.Timeout = longestLock
	}
	t := &s.tree.locks
	t.mu.Lock()
	defer t.mu.Unlock()
	now := s.tree.now()
	row := store.Lock{
		Token: "urn:portico:lock:" + newID(), Path: p.path, Shared: r.Shared, Subtree: r.Subtree,
		Owner: tidyText(r.Owner, 4096), By: s.party(), Timeout: r.Timeout, Until: now.Add(r.Timeout),
	}
	if r.Token != "" {
		old, ok := t.all[r.Token]
		if !ok || !old.Until.After(now) || !covers(old, p.path) || !s.holds(old) {
			return Lock{}, ErrPrecondition
		}
		old.Timeout, old.Until = r.Timeout, row.Until
		row = old
	} else {
		if held := t.conflict(row, now); held != nil {
			return Lock{}, &Error{Err: ErrLocked, Held: held.By.Name}
		}
		if len(t.all) >= mostLocks {
			return Lock{}, &Error{Err: ErrBusy, Text: "too many locks are held"}
		}
	}
	err = s.tree.store.Write(s.ctx, store.Durable, func(tx *store.Tx) error { return tx.PutLock(row) })
	if err != nil {
		return Lock{}, err
	}
	t.all[row.Token] = row
	t.count.Store(int64(len(t.all)))
	return s.shown(row), nil
}

// lockable resolves a name for a lock and asks the guards.
func (s *Session) lockable(name string) (place, error) {
	t, err := s.resolveTarget(name)
	if err != nil {
		return place{}, err
	}
	defer t.close()
	if t.vol.ReadOnly {
		return place{}, ErrReadOnly
	}
	if err := s.need(&t.place, access.Write); err != nil {
		return place{}, err
	}
	return t.place, s.tree.guards.ask(s.ctx, s.op(VerbLock, &t.place), false)
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

// covers reports whether a lock speaks of a path.
func covers(l store.Lock, path string) bool {
	return l.Path == path || l.Subtree && access.Within(l.Path, path)
}

// Unlock gives a lock back. It is the holder's, or of whoever administers the place.
func (s *Session) Unlock(token string) error {
	err := s.unlock(token)
	if err != nil {
		return problem(VerbLock, "", err)
	}
	return nil
}

func (s *Session) unlock(token string) error {
	if err := s.err(); err != nil {
		return err
	}
	t := &s.tree.locks
	t.mu.Lock()
	defer t.mu.Unlock()
	l, ok := t.all[token]
	if _, visible := s.nameOf(l.Path); !ok || !visible {
		return fs.ErrNotExist
	}
	if !s.holds(l) && !s.tree.policy.Load().Rights(s.id, l.Path).Has(access.Admin) {
		return fs.ErrPermission
	}
	return s.tree.dropLocked(s.ctx, token)
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

// Locks lists the locks that speak of a name, those of folders above it included.
func (s *Session) Locks(name string) ([]Lock, error) {
	p, err := s.locate(name)
	if err == nil && p.vol != nil && s.tree.policy.Load().Rights(s.id, p.path) == 0 {
		err = s.refusal(&p)
	}
	if err != nil {
		return nil, problem(VerbLock, name, err)
	}
	var out []Lock
	t := &s.tree.locks
	t.mu.Lock()
	defer t.mu.Unlock()
	now := s.tree.now()
	for _, l := range t.all {
		if covers(l, p.path) && l.Until.After(now) {
			out = append(out, s.shown(l))
		}
	}
	return out, nil
}

func (s *Session) shown(l store.Lock) Lock {
	name, ok := s.nameOf(l.Path)
	if !ok {
		name = "/" // of a folder above what this session sees
	}
	return Lock{
		Token: l.Token, Path: name, Shared: l.Shared, Subtree: l.Subtree, Owner: l.Owner, By: l.By.Name,
		Mine: s.holds(l), Timeout: l.Timeout, Until: l.Until,
	}
}

// holds reports whether a lock is this identity's; who shows its token has proved the rest.
func (s *Session) holds(l store.Lock) bool {
	return access.Kind(l.By.Kind) == s.id.Kind && l.By.ID == s.id.ID
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
		return &Error{Err: ErrLocked, Held: l.By.Name}
	}
	return nil
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
