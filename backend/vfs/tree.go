package vfs

import (
	"context"
	"errors"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
)

// Config of a Tree.
type Config struct {
	Store  *store.Store
	Log    *slog.Logger
	Guards []Guard          // asked in this order, after the rules and the locks
	Now    func() time.Time // nil: time.Now
	Ages   Ages
	// Escaped is told of sessions that ask for a name above the top of their tree ("/../x"), where nothing
	// is for anybody. It must not wait. nil: nobody is.
	Escaped func(access.Identity, Origin)
}

// Tree is all volumes at their places: one per program. It is safe for concurrent use.
type Tree struct {
	store  *store.Store
	log    *slog.Logger
	guards guards
	now    func() time.Time
	ages   atomic.Pointer[Ages]
	escape func(access.Identity, Origin)

	mounts atomic.Pointer[mounts]
	policy atomic.Pointer[access.Policy]
	grants atomic.Uint64 // the grants generation: moves with every SetPolicy

	transfers atomic.Uint64                 // numbers handles
	begins    atomic.Pointer[chan struct{}] // see Begins; nil: nobody waits

	names     nameLocks
	locks     lockTable
	pending   pendingTable
	reads     *event.Reads
	free      freeNames
	announced announcements
	dotless   dotless
	hung      atomic.Bool // a property hangs on something, perhaps

	mu       sync.Mutex // mounting, and the set of sessions
	sessions map[*Session]struct{}
	closed   bool

	small   sync.Pool     // *[smallSend]byte
	large   sync.Pool     // *[bufferSize]byte
	hashers chan struct{} // room for goroutines that hash beside a write

	purge chan *volume // asks for what was removed to be purged

	work   sync.WaitGroup // background work of the tree
	ctx    context.Context
	cancel context.CancelFunc
	step   func(string) error // tests stop a change between two steps, as a kill would
}

// New makes an empty tree. Until SetPolicy only the owner may do anything.
func New(c Config) (*Tree, error) {
	t := &Tree{
		store: c.Store, log: c.Log, guards: sortGuards(c.Guards), now: c.Now, escape: c.Escaped,
		sessions: make(map[*Session]struct{}),
	}
	if t.log == nil {
		t.log = slog.New(slog.DiscardHandler)
	}
	if t.now == nil {
		t.now = time.Now
	}
	t.SetAges(c.Ages)
	t.small.New = func() any { return new([smallSend]byte) }
	t.large.New = func() any { return new([bufferSize]byte) }
	t.purge = make(chan *volume, 64)
	t.hashers = make(chan struct{}, 2*runtime.GOMAXPROCS(0))
	t.ctx, t.cancel = context.WithCancel(context.Background())
	t.mounts.Store(&mounts{})
	t.policy.Store(access.NewPolicy(nil))
	if err := errors.Join(t.loadLocks(t.ctx), t.loadProperties(t.ctx)); err != nil {
		t.cancel()
		return nil, err
	}
	t.reads = event.NewReads(t.appendReads, t.log)
	t.work.Go(t.housekeep)
	return t, nil
}

// SetPolicy changes what everybody may do. Open Files and Writers are judged again at once: those
// that are no longer allowed end, also when their client is stalled.
func (t *Tree) SetPolicy(p *access.Policy) {
	t.policy.Store(p)
	t.grants.Add(1)
	for _, s := range t.allSessions() {
		s.judgeHandles()
	}
}

// Session binds one identity, speaking through one door from one address, to the tree. The session
// ends with ctx or Close, and with it everything it gave out.
func (t *Tree) Session(ctx context.Context, id access.Identity, o Origin) *Session {
	s := &Session{tree: t, id: id, origin: o.tidy()}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	t.announced.note(id, s.origin, t.now())
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		s.cancel(ErrClosed)
		return s
	}
	t.sessions[s] = struct{}{}
	return s
}

// EndSessions ends every session whose identity matches: a share ended, an account was disabled.
// It returns how many.
func (t *Tree) EndSessions(match func(access.Identity) bool) int {
	n := 0
	for _, s := range t.allSessions() {
		if match(s.id) {
			s.Close()
			n++
		}
	}
	return n
}

// background runs what must not keep its caller waiting; Close waits for it.
func (t *Tree) background(do func()) {
	t.mu.Lock()
	closed := t.closed
	if !closed {
		t.work.Go(do)
	}
	t.mu.Unlock()
	if closed {
		do()
	}
}

func (t *Tree) allSessions() []*Session {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]*Session, 0, len(t.sessions))
	for s := range t.sessions {
		out = append(out, s)
	}
	return out
}

// Close ends all sessions, waits for work in the background and closes the drivers. Writes that asked
// to be kept are kept. The store stays open.
func (t *Tree) Close() error {
	t.mu.Lock()
	if t.closed {
		t.mu.Unlock()
		return nil
	}
	t.closed = true
	t.mu.Unlock()
	for _, s := range t.allSessions() {
		s.Close()
	}
	t.cancel()
	t.work.Wait()
	if err := t.reads.Close(context.WithoutCancel(t.ctx)); err != nil {
		t.log.Warn("what was read could not be noted", "err", err)
	}
	var first error
	for _, v := range t.mounts.Swap(&mounts{}).all() {
		if err := v.close(); err != nil && first == nil {
			first = err
		}
	}
	return first
}
