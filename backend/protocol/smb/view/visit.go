//go:build linux

package view

import (
	"crypto/rand"
	"sync"
	"sync/atomic"

	"github.com/hanwen/go-fuse/v2/fs"

	"portico/backend/vfs"
)

// VisitOptions say whose visit it is.
type VisitOptions struct {
	// Begin begins the session of a user who has signed in, and says by which number the view tells that
	// something is that user's. It is called once for each name that lets in.
	Begin func(user string) (s *vfs.Session, uid uint32, err error)
	// Lives reports whether whoever closes a file now does so because the client asked for it: only then
	// it is finished.
	Lives func() bool
	// Holds lists the paths that the program of a thread has open by name only (samba.Holds).
	Holds func(thread uint32) []string
}

// Visit is one client's folder of the view. It is safe for concurrent use.
type Visit struct {
	v    *View
	o    VisitOptions
	name string
	ino  uint64
	open atomic.Int32 // files

	mu    sync.Mutex
	users map[string]*user
	gone  bool
	work  sync.WaitGroup
}

// Enter adds a visit; whoever entered calls Leave.
func (v *View) Enter(o VisitOptions) *Visit {
	visit := &Visit{v: v, o: o, name: rand.Text(), ino: v.inos.next(), users: make(map[string]*user)}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.visits[visit.name] = visit
	return visit
}

// Name is that of its folder.
func (t *Visit) Name() string { return t.name }

// Open is how many files the client has open.
func (t *Visit) Open() int { return int(t.open.Load()) }

// Leave ends the sessions of the visit and with them everything that is open. Nothing that was not
// finished is published.
func (t *Visit) Leave() {
	t.v.mu.Lock()
	delete(t.v.visits, t.name)
	t.v.mu.Unlock()
	t.mu.Lock()
	t.gone = true
	users := t.users
	t.mu.Unlock()
	for _, u := range users {
		u.s.Close()
	}
	t.work.Wait()
	// The kernel forgets what it knows of it, and with it the nodes go. That it knew nothing is fine.
	_ = t.v.root.NotifyEntry(t.name)
}

// left reports whether the visit has ended.
func (t *Visit) left() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.gone
}

// user returns the folder of who signed in by a name.
func (t *Visit) user(name string) (*user, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if u := t.users[name]; u != nil {
		return u, nil
	}
	if t.gone {
		return nil, vfs.ErrClosed
	}
	s, uid, err := t.o.Begin(name)
	if err != nil {
		return nil, err
	}
	u := &user{visit: t, s: s, uid: uid, gen: t.v.inos.next(), drafts: make(map[string]*draft), known: make(map[fs.StableAttr]*node)}
	t.users[name] = u
	return u, nil
}

// user is the tree as one session shows it.
type user struct {
	visit *Visit
	s     *vfs.Session
	uid   uint32
	gen   uint64 // tells its nodes from those of others with the same inode number
	folds folds
	near  beside
	root  *fs.Inode // guarded by the visit's mu

	known   map[fs.StableAttr]*node // guarded by inos.mu
	pruning atomic.Bool             // some of them are being forgotten

	place sync.RWMutex // guards parent and name of all nodes

	mu     sync.Mutex
	drafts map[string]*draft // by path
	vacant string            // the spelling that was called free last, to be given to what is there
}

// draft returns the pending write of a path, nil where there is none.
func (u *user) draft(path string) *draft {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.drafts[path]
}

// draftLike returns the pending write of a path that differs in letter case only, nil where there is none.
func (u *user) draftLike(at string) *draft {
	u.mu.Lock()
	defer u.mu.Unlock()
	for other, d := range u.drafts {
		if fold(other) == fold(at) {
			return d
		}
	}
	return nil
}
