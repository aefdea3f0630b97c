// Package share makes links to places of the tree and says who holds one.
//
// A link is a key in a URL. Whoever shows it becomes an identity of its own (access.Link) that acts
// for the share's maker with narrowed rights below one folder, or on one file. It never becomes its
// maker: what the maker may do, where the thing is and whether the share still stands are looked up
// anew each time it is opened. This package reaches no file; what is at a path vfs tells it.
package share

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"time"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/store"
)

// What Open, and the verbs on shares, answer. Open also answers account.ErrTooMany.
var (
	// ErrNone is the same for a key that never was, an expired, used up, paused or ended share, one
	// whose maker or folder is gone, and a visitor from a network that it is not for.
	ErrNone = errors.New("there is no such share")
	// ErrPassword says that a password is needed, or was wrong.
	ErrPassword = errors.New("this share needs its password")
	// ErrRights says that its maker may not do, or not hand out, what was asked.
	ErrRights = errors.New("not yours to share")
	// ErrKey says that a key of one's own choice cannot be used: malformed, or too easily guessed.
	ErrKey = errors.New("this key cannot be used")
	// ErrTaken says that a key of one's own choice is in use.
	ErrTaken = errors.New("this key is in use")
	// ErrNetwork says that a share for local networks was to be open for others too.
	ErrNetwork = errors.New("this network is not a local one: make the share public")
)

// Target is what vfs knows of a place that is to be shared.
type Target struct {
	Path string // canonical tree path of the object itself
	Node int64  // its node id
	File bool   // not a folder
}

// Options for New. Store, Accounts, Policy and Target are needed.
type Options struct {
	Store    *store.Store
	Accounts *account.Accounts
	Log      *slog.Logger
	Now      func() time.Time

	Policy func() *access.Policy // the rules in force

	// Target looks at a canonical tree path with the eyes of by; fs.ErrNotExist where it sees nothing.
	Target func(ctx context.Context, by access.Identity, path string) (Target, error)
	// NodePath is account.Options.NodePath.
	NodePath func(ctx context.Context, node int64) (string, error)
	// Local reports whether an address is on a network that this computer is attached to, besides
	// those that are private by their number. nil: there are none.
	Local func(netip.Addr) bool
	// Paused reports whether links open for nobody from an address, whatever they are. nil: for none.
	Paused func(netip.Addr) bool
	// Blocked reports whether nobody is to be asked about a visitor, because it was blocked. nil: nobody is.
	Blocked func(Visitor) bool
	// Made is called when a share was made, before its maker has it. nil: nobody asks.
	Made func(by access.Identity)
	// Changed is called when a share was made, changed, ended or has expired, and when an answer about a
	// device was taken back: whoever holds an identity of a link asks Present again. It is called without any lock held.
	Changed func()
	// Seen is told of everybody who is let in, at each request, and whether they count as a new
	// visitor. It returns at once.
	Seen func(id string, from Visitor, fresh bool)
}

// Shares is safe for concurrent use.
type Shares struct {
	o     Options
	log   *slog.Logger
	now   func() time.Time
	store *store.Store

	misses *misses
	visits *visits
	asks   *asks
	tally  *account.Tally

	keyMu sync.Mutex
	key   []byte // signs passes

	wake   chan struct{} // the next expiry may have moved, or somebody waits
	ended  context.Context
	end    context.CancelFunc
	worker sync.WaitGroup
}

// New makes the shares of one store and begins to watch for those that expire; Close ends that.
func New(o Options) *Shares {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Changed == nil {
		o.Changed = func() {}
	}
	if o.Seen == nil {
		o.Seen = func(string, Visitor, bool) {}
	}
	if o.Paused == nil {
		o.Paused = func(netip.Addr) bool { return false }
	}
	if o.Blocked == nil {
		o.Blocked = func(Visitor) bool { return false }
	}
	if o.Made == nil {
		o.Made = func(access.Identity) {}
	}
	s := &Shares{
		o: o, log: o.Log, now: o.Now, store: o.Store,
		misses: newMisses(o.Now), visits: newVisits(o.Now), asks: newAsks(o.Now),
		tally: account.NewTally(o.Store, o.Log, o.Now),
		wake:  make(chan struct{}, 1),
	}
	s.ended, s.end = context.WithCancel(context.Background())
	s.worker.Go(s.sweep)
	return s
}

// Close stops watching and writes the sums of events that are still open. The store must still be open.
func (s *Shares) Close() error {
	s.end()
	s.worker.Wait()
	return s.tally.Close()
}

// State says in one word whether a share can be opened, and if not why.
type State string

const (
	Open    State = "open"
	Paused  State = "paused"
	Expired State = "expired"
	UsedUp  State = "used up"
	Gone    State = "gone" // its folder or its maker is gone, disabled, or has no right there any more
)

// Share is a link as its maker sees it. Visitors are shown its title at most.
type Share struct {
	ID    string
	Key   string // lower-case; case does not matter
	Title string
	State State
	Why   string // with State Gone: what became of it, in words that go after the title

	Path  string // canonical tree path of what is shared, now
	Node  int64
	File  bool            // a single file
	Items []string        // of a selection: the only names in the folder that exist for visitors
	By    access.Identity // the maker: Kind, ID and Name

	Preset  Preset
	Mask    access.Right
	Created time.Time
	Opened  time.Time // last; zero never
	Expires time.Time // zero: until it is stopped
	MaxUses int64     // 0: no limit. One use is one visitor for a day at most, not one request
	Uses    int64

	HasPassword bool
	Networks    []netip.Prefix // only from there; empty: from local networks, or anywhere if Public
	Public      bool           // may be reached from outside of local networks; such a key is long
	Paused      bool
	Ask         bool // whoever shares is asked before a new device comes in

	// Rekeyed, of Update: the share was opened to other networks, so it got a long key. The old one
	// is dead: links and QR codes that were handed out have to be handed out anew.
	Rekeyed bool
	// Pass, of Open: what this visitor shows next time (a cookie of the share's path); "" when the one
	// shown is still good.
	Pass string
}

// show makes of a row what its maker sees.
func (s *Shares) show(row *store.Share) Share {
	out := Share{
		ID: row.ID, Key: row.Key, Title: row.Title, Path: row.Path, Node: row.Node, File: row.File, Items: itemNames(row.Items),
		By:     madeBy(row),
		Preset: Preset(row.Preset), Mask: access.Right(row.Mask), Created: row.Created, Opened: row.Opened,
		Expires: row.Expires, MaxUses: row.MaxUses, Uses: row.Uses, HasPassword: row.Password != "",
		Networks: prefixes(row.Networks), Public: row.Public, Paused: row.Paused, Ask: row.Ask, State: Open,
	}
	switch {
	case s.expired(row):
		out.State = Expired
	case row.Paused:
		out.State = Paused
	case row.MaxUses > 0 && row.Uses >= row.MaxUses:
		out.State = UsedUp
	}
	return out
}

// expired: what was told as ended stays so when the clock is set back, until it is given another end.
func (s *Shares) expired(row *store.Share) bool {
	return !row.Ended.IsZero() || !row.Expires.IsZero() && !s.now().Before(row.Expires)
}

func (s *Shares) changed() {
	s.wakeUp()
	s.o.Changed()
}

// wakeUp makes the sweeper look when it has to look next.
func (s *Shares) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// itemNames are Items as people write them.
func itemNames(items []string) (out []string) {
	for _, item := range items {
		out = append(out, strings.TrimSuffix(item, "/"))
	}
	return out
}
