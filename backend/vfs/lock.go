package vfs

import (
	"io/fs"
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
	Mine    bool   // the session may know the token
	Timeout time.Duration
	Until   time.Time
}

// longestLock is how long a lock may be asked for; it can be refreshed any number of times.
const longestLock = time.Hour

// Lock takes or refreshes a lock on a name, which need not exist. Until Unlock or the timeout only
// who shows its token (ShowTokens) may change the name, through whichever door. Taking one needs the
// right to write there, and to replace what is there. A conflicting lock is ErrLocked.
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
			return Lock{}, s.lockedBy(held)
		}
		if len(t.all) >= mostLocks || t.of(row.By) >= mostLocksEach {
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
	if c := s.claimOf(t); (t.mounted || t.obj != nil) && !c.replace() {
		return place{}, c.refuse() // who cannot change it needs no lock, and must not keep others off
	}
	return t.place, s.tree.guards.ask(s.ctx, s.op(VerbLock, &t.place), false)
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

// LocksBelow lists the locks on what lies below a name, as far as the identity may look there.
func (s *Session) LocksBelow(name string) []Lock {
	p, err := s.locate(name)
	t := &s.tree.locks
	if err != nil || t.count.Load() == 0 {
		return nil
	}
	var out []Lock
	policy, now := s.tree.policy.Load(), s.tree.now()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.all {
		if l.Path != p.path && access.Within(p.path, l.Path) && l.Until.After(now) && policy.Rights(s.id, l.Path).Has(access.Read) {
			out = append(out, s.shown(l))
		}
	}
	return out
}

// lockedBy is the refusal for what a lock stands in the way of.
func (s *Session) lockedBy(l *store.Lock) error {
	at, ok := s.nameOf(l.Path)
	if !ok || !s.tree.policy.Load().Visible(s.id, l.Path) {
		at = ""
	}
	return &Error{Err: ErrLocked, Held: l.By.Name, At: at}
}

func (s *Session) shown(l store.Lock) Lock {
	name, ok := s.nameOf(l.Path)
	if !ok {
		name = "/" // of a folder above what this session sees
	}
	return Lock{
		Token: l.Token, Path: name, Shared: l.Shared, Subtree: l.Subtree, Owner: l.Owner, By: l.By.Name,
		Mine: s.holds(l) && s.trusted(l), Timeout: l.Timeout, Until: l.Until,
	}
}

// trusted reports whether the token of a lock may be told to a session with the identity that holds it. Of
// many visitors only the one who took it may know, as it proves who that was (ShowTokens), unless all of
// them may replace what is locked anyway.
func (s *Session) trusted(l store.Lock) bool {
	return s.same(l.By) || s.tree.policy.Load().Rights(s.id, l.Path).Has(access.Write|access.Delete)
}

// holds reports whether a lock is this identity's; who shows its token has proved the rest.
func (s *Session) holds(l store.Lock) bool {
	return access.Kind(l.By.Kind) == s.id.Kind && l.By.ID == s.id.ID
}
