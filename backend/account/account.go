// Package account knows people and their secrets: accounts, devices, groups, sessions, tokens and
// keys. Authenticate turns a Credential into an access.Identity; Policy turns the stored and the
// configured grants into an access.Policy.
//
// It decides who somebody is, never what they may do (that is access), and it never sees a file.
// Secrets are kept as digests only: argon2id for what people choose, SHA-256 for what is random.
// Nothing that it keeps in memory is the only copy of a truth, except the accounts that were given
// at start; what else it keeps there (verified credentials, waiting times) may be lost at any time.
package account

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
)

// Options for New. Store is needed, everything else has a default.
type Options struct {
	Store *store.Store
	Log   *slog.Logger
	Now   func() time.Time

	// Key is at least 32 random bytes that are not kept in the database (a file beside it). Only
	// with it may stored accounts sign in by password alone: the digest by which their password is
	// found is quick to compute, so it must be of no use to whoever finds a copy of the database.
	Key []byte

	// NodePath returns the present canonical tree path of a node; fs.ErrNotExist when it is gone
	// for good, any other error when it is not in the tree now (its volume is not served).
	// Without it roots and grants stay at the path of the time when they were made.
	NodePath func(ctx context.Context, node int64) (string, error)

	// Changed is called after every change that may give or take a right: of accounts, tokens and
	// grants. It is called without any lock held, by whoever made the change.
	Changed func()

	// Ended is called, as Changed is, when something by which an account signs in counts no more: whoever
	// came by it shows another. What is asked for each request (sessions, tokens) is not meant.
	Ended func(access.Identity)

	Cost     Cost          // of argon2id; zero: DefaultCost. Tests make it cheap.
	Checks   int           // passwords hashed at the same moment, each with the memory of Cost; 0: 2
	SignedIn time.Duration // a session lives for so long after its last use; 0: 30 days

	// LeastPassword is how many characters a new password needs; nil: one. Given accounts are told
	// of it, not refused.
	LeastPassword func() int
}

// Accounts is safe for concurrent use.
type Accounts struct {
	o      Options
	log    *slog.Logger
	now    func() time.Time
	store  *store.Store
	hasher *hasher
	stay   atomic.Int64 // Options.SignedIn, as it is now
	cache  *cache
	wrongs *Repeats
	byAddr *Backoff[Net]
	byName *Backoff[string]
	byNone *Backoff[string] // passwords without a name, all together
	places *places
	tally  *Tally

	// changes counts changes of accounts: what was judged across one is not remembered. It is held
	// while something is remembered, so that nothing slips in behind a change.
	changeMu sync.Mutex
	changes  int64

	givenMu   sync.RWMutex
	givens    map[string]*given // by folded name
	givenHash sync.Mutex        // held while one of them is hashed

	background sync.WaitGroup
	ended      context.Context
	end        context.CancelFunc
}

// New makes the accounts of one store. It starts nothing; Close ends what runs later.
func New(o Options) (*Accounts, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Cost == (Cost{}) {
		o.Cost = DefaultCost
	}
	if o.LeastPassword == nil {
		o.LeastPassword = func() int { return 1 }
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.Ended == nil {
		o.Ended = func(access.Identity) {}
	}
	a := &Accounts{
		o: o, log: o.Log, now: o.Now, store: o.Store,
		hasher: newHasher(o.Cost),
		cache:  newCache(o.Now),
		wrongs: NewRepeats(),
		byAddr: NewBackoff[Net](o.Now, Waits{Free: 5, First: time.Second, Most: 5 * time.Minute, Forget: 15 * time.Minute, Keep: 8192}),
		byName: NewBackoff[string](o.Now, Waits{Free: 10, First: time.Second, Most: time.Minute, Forget: 15 * time.Minute, Keep: 8192}),
		byNone: NewBackoff[string](o.Now, Waits{Free: 100, First: time.Second, Most: 10 * time.Second, Forget: 15 * time.Minute, Keep: 1}),
		places: newPlaces(4096),
		tally:  NewTally(o.Store, o.Log, o.Now),
		givens: make(map[string]*given),
	}
	a.Tune(o.Checks, o.SignedIn)
	a.ended, a.end = context.WithCancel(context.Background())
	return a, a.refold(a.ended)
}

// Tune changes Options.Checks and Options.SignedIn. Passwords that are being checked are checked to
// their end; sessions take their new length at their next use.
func (a *Accounts) Tune(checks int, signedIn time.Duration) {
	if checks == 0 {
		checks = hashesAtOnce
	}
	if signedIn == 0 {
		signedIn = sessionIdle
	}
	a.hasher.resize(checks)
	a.stay.Store(int64(signedIn))
}

// Close ends what runs in the background and writes the sums of events that are still open. The
// store must still be open.
func (a *Accounts) Close() error {
	a.end()
	a.background.Wait()
	return a.tally.Close()
}

// Owner is the person at this computer: the local window and the command line.
func Owner() access.Identity { return access.Identity{Kind: access.Owner, Name: "this computer"} }

// Guest is nobody in particular.
func Guest() access.Identity { return access.Identity{Kind: access.Guest, Name: "guest"} }

// changed is called after every committed change of an account or of what acts for it.
func (a *Accounts) changed(ids ...string) {
	a.changeMu.Lock()
	a.changes++
	for _, id := range ids {
		a.cache.drop(id)
	}
	a.wrongs.Clear()
	a.changeMu.Unlock()
	a.o.Changed()
}

// before returns the number of changes so far, for remember.
func (a *Accounts) before() int64 {
	a.changeMu.Lock()
	defer a.changeMu.Unlock()
	return a.changes
}

// remember lets put remember what was judged, unless something has changed since before.
func (a *Accounts) remember(changes int64, put func()) {
	a.changeMu.Lock()
	defer a.changeMu.Unlock()
	if a.changes == changes {
		put()
	}
}

func (a *Accounts) read(ctx context.Context, fn func(*store.Tx) error) error {
	return a.store.Read(ctx, fn)
}

func (a *Accounts) write(ctx context.Context, fn func(*store.Tx) error) error {
	return a.store.Write(ctx, store.Durable, fn)
}

// Key returns the random 32 bytes which this installation keeps under a name, made at first need
// (what signs a door's own tickets). They lie in the database.
func (a *Accounts) Key(ctx context.Context, name string) ([]byte, error) {
	var key []byte
	read := func(tx *store.Tx) (err error) {
		key, err = tx.Key(name)
		return err
	}
	if err := a.read(ctx, read); err != nil || key != nil {
		return key, err
	}
	fresh := make([]byte, 32)
	rand.Read(fresh)
	err := a.write(ctx, func(tx *store.Tx) error {
		if err := read(tx); err != nil || key != nil {
			return err
		}
		key = fresh
		return tx.SetKey(name, fresh)
	})
	return key, err
}

// signedIn tells, at most once in ten minutes for one party and address, that somebody arrived.
func (a *Accounts) signedIn(ctx context.Context, id access.Identity, remote, door, client string) {
	told := a.tally.Once(ctx, 10*time.Minute, event.Event{
		Kind: event.SignedIn, Identity: id.String(), Name: id.Name, Remote: remote, Door: door, Client: Printable(client, 200),
	})
	if !told {
		return
	}
	now := a.now()
	err := a.store.Write(ctx, store.Fast, func(tx *store.Tx) error { return tx.SeeAccount(id.ID, now) })
	if err != nil {
		a.log.Warn("when an account was used was not noted", "error", err)
	}
}

// Arrived tells that id has signed in, for doors that keep no session of ours and prove a key
// themselves (SSH asks about keys whose owner has not signed anything yet).
func (a *Accounts) Arrived(ctx context.Context, id access.Identity, c Credential) {
	a.places.add(fold(id.Name), Network(c.Remote))
	a.signedIn(ctx, id, c.Remote, c.Door, c.Client)
}
