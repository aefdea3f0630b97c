// Package vfstest gives other rooms' tests a real Tree: a served folder on the real disk, the real
// store, and grants in copyparty's letters. It is for tests only and must hold no test of its own
// subject's behaviour.
package vfstest

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
)

// House is a Tree with its store and one or more volumes, closed when the test ends.
type House struct {
	T     testing.TB
	Tree  *vfs.Tree
	Store *store.Store
	Data  string            // the data folder
	Disk  map[string]string // mount path → served folder

	Clock *Clock // with Now: what the tree believes the time to be

	o options
}

// Clock is a time that only tests move.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// Now returns the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Add lets time pass.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// Option changes what New makes.
type Option func(*options)

type options struct {
	volumes []vfs.Volume
	grants  []access.Grant
	guards  []vfs.Guard
	log     *slog.Logger
	dir     string
	open    func(dir string) driver.Driver
	clock   *Clock

	guardsOf func(*store.Store) []vfs.Guard
	ages     vfs.Ages
}

// Volume mounts a volume; its Driver is a local disk on a fresh folder unless set. Without this
// option one volume "files" is mounted at "/files" with trash and versions off, Fast.
func Volume(v vfs.Volume) Option {
	return func(o *options) { o.volumes = append(o.volumes, v) }
}

// Drivers lets every volume without a Driver be kept by what open returns for a fresh folder. It is
// called again, with the same folder, when the house is opened again.
func Drivers(open func(dir string) driver.Driver) Option {
	return func(o *options) { o.open = open }
}

// Grant gives rights in letters ("rwmd") at a path to a subject.
func Grant(path string, who access.Subject, letters string) Option {
	return func(o *options) {
		o.grants = append(o.grants, access.Grant{Path: path, Who: who, Rights: Rights(letters)})
	}
}

// Guards adds guards.
func Guards(g ...vfs.Guard) Option { return func(o *options) { o.guards = append(o.guards, g...) } }

// GuardsOf adds guards that need the store; it is called again when the house is opened again.
func GuardsOf(make func(*store.Store) []vfs.Guard) Option {
	return func(o *options) { o.guardsOf = make }
}

// Now lets the test say what the time is (House.Clock); it begins with the present.
func Now() Option { return func(o *options) { o.clock = &Clock{t: time.Now()} } }

// Ages says how long things are kept.
func Ages(a vfs.Ages) Option { return func(o *options) { o.ages = a } }

// Log lets the tree speak.
func Log(l *slog.Logger) Option { return func(o *options) { o.log = l } }

// New builds a house. Only the owner may do anything unless grants are given.
func New(t testing.TB, opts ...Option) *House {
	t.Helper()
	o := options{dir: t.TempDir(), log: slog.New(slog.DiscardHandler)}
	for _, opt := range opts {
		opt(&o)
	}
	if len(o.volumes) == 0 {
		o.volumes = []vfs.Volume{{Name: "files", Path: "/files", Durability: store.Fast}}
	}
	h := &House{T: t, Data: filepath.Join(o.dir, "data"), Disk: make(map[string]string), o: o}
	for _, v := range o.volumes {
		if v.Driver == nil {
			h.Disk[v.Path] = t.TempDir()
		}
	}
	h.open()
	t.Cleanup(h.Close)
	return h
}

// Reopen ends the house, if a test has not killed it, and opens it again on the same folders: what a
// restart does. Volumes whose Driver the test gave are not mounted again.
func (h *House) Reopen() {
	h.T.Helper()
	h.Close()
	for i := range h.o.volumes {
		if h.Disk[h.o.volumes[i].Path] == "" {
			h.o.volumes[i].Name = ""
		}
	}
	h.open()
}

func (h *House) open() {
	h.T.Helper()
	ctx := context.Background()
	var err error
	if h.Store, err = store.Open(ctx, store.Options{Dir: h.Data, Log: h.o.log}); err != nil {
		h.T.Fatal(err)
	}
	c := vfs.Config{Store: h.Store, Log: h.o.log, Guards: h.o.guards, Ages: h.o.ages}
	if h.o.guardsOf != nil {
		c.Guards = append(c.Guards[:len(c.Guards):len(c.Guards)], h.o.guardsOf(h.Store)...)
	}
	if h.Clock = h.o.clock; h.Clock != nil {
		c.Now = h.Clock.Now
	}
	if h.Tree, err = vfs.New(c); err != nil {
		h.T.Fatal(err)
	}
	h.Tree.SetPolicy(access.NewPolicy(h.o.grants))
	for _, v := range h.o.volumes {
		if v.Name == "" {
			continue
		}
		if v.Driver == nil && h.o.open != nil {
			v.Driver = h.o.open(h.Disk[v.Path])
		}
		if v.Driver == nil {
			if v.Driver, err = localdisk.Open(ctx, localdisk.Options{Root: h.Disk[v.Path], Instance: "test", Log: h.o.log}); err != nil {
				h.T.Fatal(err)
			}
		}
		if err := h.Tree.Mount(ctx, v); err != nil {
			h.T.Fatal(err)
		}
	}
}

// Close ends the house before the test does. Calling it again does nothing.
func (h *House) Close() {
	h.T.Helper()
	if err := h.Tree.Close(); err != nil {
		h.T.Error(err)
	}
	if err := h.Store.Close(); err != nil {
		h.T.Error(err)
	}
}

// Session speaks as an identity until the test ends.
func (h *House) Session(id access.Identity) *vfs.Session {
	return h.Visitor(id, "first visitor")
}

// Visitor is one of many with an identity.
func (h *House) Visitor(id access.Identity, visit string) *vfs.Session {
	s := h.Tree.Session(context.Background(), id, vfs.Origin{Door: "test", Remote: "192.0.2.1", Visit: visit})
	h.T.Cleanup(s.Close)
	return s
}

// Owner speaks as the person at this computer, who may do everything.
func (h *House) Owner() *vfs.Session { return h.Session(Owner()) }

// Guest speaks as somebody who has not signed in.
func (h *House) Guest() *vfs.Session { return h.Session(access.Identity{Kind: access.Guest}) }

// Owner is the person at this computer.
func Owner() access.Identity { return access.Identity{Kind: access.Owner, Name: "owner"} }

// User is an account.
func User(name string) access.Identity {
	return access.Identity{Kind: access.Account, ID: name, Name: name}
}

// Everyone, signed in or not.
func Everyone() access.Subject { return access.Subject{Kind: access.Guest} }

// Account is the subject of grants to one account.
func Account(name string) access.Subject { return access.Subject{Kind: access.Account, ID: name} }

// Rights reads letters and panics on unknown ones; "" is none.
func Rights(letters string) access.Right {
	if letters == "" {
		return 0
	}
	r, ok := access.ParseRight(letters)
	if !ok {
		panic("unknown rights " + letters)
	}
	return r
}

// Put writes a file whole, as a door would.
func (h *House) Put(s *vfs.Session, name, content string) vfs.Result {
	h.T.Helper()
	w, err := s.Create(name, vfs.CreateOptions{Parents: true, Size: int64(len(content))})
	if err != nil {
		h.T.Fatal(err)
	}
	if _, err := w.Write([]byte(content)); err != nil {
		h.T.Fatal(err)
	}
	r, err := w.Commit()
	if err != nil {
		h.T.Fatal(err)
	}
	return r
}

// Get reads a file whole.
func (h *House) Get(s *vfs.Session, name string) string {
	h.T.Helper()
	f, err := s.Open(name)
	if err != nil {
		h.T.Fatal(err)
	}
	defer f.Close()
	buf := make([]byte, f.Entry().Size)
	if n, err := f.ReadAt(buf, 0); n != len(buf) {
		h.T.Fatalf("%s: %d of %d bytes: %v", name, n, len(buf), err)
	}
	return string(buf)
}

// Events returns everything that has been published.
func (h *House) Events() []event.Event {
	h.T.Helper()
	list, err := h.Store.Events(context.Background(), 0, 1<<20)
	if err != nil {
		h.T.Fatal(err)
	}
	return list
}
