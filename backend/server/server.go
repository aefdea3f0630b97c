package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/account"
	"portico/backend/api"
	"portico/backend/archive"
	"portico/backend/config"
	"portico/backend/diagnose"
	"portico/backend/discovery"
	"portico/backend/discovery/mdns"
	"portico/backend/event"
	"portico/backend/media"
	"portico/backend/protocol/web"
	"portico/backend/protocol/webdav"
	"portico/backend/share"
	"portico/backend/store"
	"portico/backend/vfs"
)

// Options of a Server.
type Options struct {
	Data   string        // data folder; made when it is not there
	Config config.Config // checked (config.Validate)
	// Settings reads the settings file again, for the console's reload.
	Settings func() (config.Config, error)
	// Save changes the settings file; nil: what is added while it runs is not kept.
	Save    func(...config.Change) error
	Version string

	// What the command line adds. It holds while this server runs and is stored nowhere.
	Volumes []config.Volume   // besides those of Config; without Path: "/" and the folder's name
	Given   []Login           // accounts besides those of the store
	Doors   map[string]string // addresses that replace those of Config, by door; never moved from

	Loopback bool // also open the control listener on loopback (Server.Control)
	Window   bool // somebody sits before a window and can be asked: links pause on networks that nobody approved
	// Desktop is the window and the tray, for the control listeners. nil: there are none.
	Desktop Desktop

	Log *slog.Logger
	Now func() time.Time

	watch func(context.Context, func(discovery.Table)) // nil: discovery.Watch
}

// Login is an account that is given at start.
type Login struct{ Name, Password string }

// Server is the whole house. New builds it, Start opens it; Stop or Close end it. All other methods
// may be called from many goroutines in between.
type Server struct {
	o       Options
	log     *slog.Logger
	now     func() time.Time
	started time.Time

	store    *store.Store
	bus      *event.Bus
	accounts *account.Accounts
	away     *account.Tally // of whom doors turn away
	shares   *share.Shares
	tree     *vfs.Tree
	thumbs   *media.Thumbs
	packer   *archive.Packer
	front    *web.Front
	dav      *webdav.Handler
	api      *api.API
	inner    *api.API                  // for the control listeners: the owner exists there
	tls      atomic.Pointer[tlsSource] // nil: no encryption
	addrs    addresses
	places   places
	speaker  *mdns.Speaker // nil before Start
	voices   []voice       // none before Start
	gates    []*gate
	instance string // names this installation on the disks it serves
	volumes  volumes
	control  []*controlListener
	people   *people
	arrivals *arrivals
	undone   *undone
	examiner *diagnose.Examiner

	prune chan struct{} // asks for Activity to be cut
	clock clock         // guarded by volumes.mu: both are looked at together

	change sync.Mutex   // one Reload at a time
	see    sync.RWMutex // guards cfg
	cfg    config.Config

	allowed atomic.Pointer[allowances] // of cfg

	life context.Context // until Stop begins
	end  context.CancelFunc
	cut  context.Context // until running transfers are no longer waited for
	stop context.CancelFunc
	work sync.WaitGroup
}

// New opens the store and builds every room. Nothing is reachable before Start. What stands in the
// way of the store is a *store.OpenError.
func New(ctx context.Context, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.watch == nil {
		o.watch = discovery.Watch
	}
	s := &Server{o: o, log: o.Log.With("room", "server"), now: o.Now, started: o.Now(), cfg: o.Config, prune: make(chan struct{}, 1)}
	s.allowed.Store(newAllowances(&o.Config))
	s.life, s.end = context.WithCancel(context.Background())
	s.cut, s.stop = context.WithCancel(context.Background())
	if err := s.build(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Start mounts the volumes and opens the doors and the control listeners. A volume that is not there
// is waited for; a door that cannot open is told by Status and is an error only if no door can.
func (s *Server) Start(ctx context.Context) error {
	if err := s.mountAll(ctx); err != nil {
		return err
	}
	s.beginAnnouncing()
	if err := s.openDoors(ctx); err != nil {
		return err
	}
	if err := s.openControl(); err != nil {
		return err
	}
	s.work.Go(s.watchNetwork)
	s.work.Go(s.watchVolumes)
	s.work.Go(s.sweep)
	s.work.Go(s.followPeople)
	return nil
}

// openDoors opens the doors that are wanted. Where none of them could open, that is the error; where
// some could, the log tells of the others.
func (s *Server) openDoors(ctx context.Context) error {
	var errs []error
	wished := 0
	for _, g := range s.gates {
		want, next := s.wanted(ctx, g)
		if want == off {
			g.set(nil, off, nil)
			continue
		}
		if g.within == "" {
			wished++
		}
		if err := s.move(ctx, g, want, next); err != nil {
			errs = append(errs, fmt.Errorf("the %s door does not open: %w", g.name, err))
		}
	}
	if wished > 0 && len(errs) == wished {
		return errors.Join(errs...)
	}
	for _, err := range errs {
		s.log.Error(err.Error())
	}
	return nil
}

// Stop is Leave and then Close.
func (s *Server) Stop(ctx context.Context) error {
	s.Leave(ctx)
	return s.Close()
}

// Leave closes the doors, lets running transfers end until ctx does, and cuts the rest. What happened
// can still be followed, until Close.
func (s *Server) Leave(ctx context.Context) {
	s.end()
	if s.store == nil {
		return // closed already
	}
	stopped := context.AfterFunc(ctx, s.stop)
	defer stopped()
	s.api.Close() // event streams never end by themselves
	for _, g := range s.gates {
		g.mu.Lock()
		d, _, _ := g.now()
		g.set(nil, off, nil)
		s.leave(g, d, false)
		g.mu.Unlock()
	}
	s.inner.Close() // not before: the owner's page tells what is waited for
	s.endAnnouncing()
	s.work.Wait()
}

// closeControl ends the control listeners: last of all doors, so that whoever waits for the end sees
// them go when it comes.
func (s *Server) closeControl() (errs []error) {
	for _, c := range s.control {
		errs = append(errs, c.close())
	}
	s.control = nil
	return errs
}

// Close ends everything at once. It is safe to call it after Stop, and on a house half built.
func (s *Server) Close() error {
	s.end()
	s.stop()
	s.endAnnouncing()
	s.work.Wait()
	errs := s.closeControl()
	if s.tree != nil {
		errs = append(errs, s.tree.Close())
	}
	if s.shares != nil {
		errs = append(errs, s.shares.Close())
	}
	if s.accounts != nil {
		errs = append(errs, s.accounts.Close())
	}
	if s.away != nil {
		errs = append(errs, s.away.Close())
	}
	if s.bus != nil {
		s.bus.Close()
	}
	if s.store != nil {
		errs = append(errs, s.store.Close())
	}
	s.tree, s.shares, s.accounts, s.away, s.bus, s.store = nil, nil, nil, nil, nil, nil
	return errors.Join(errs...)
}

// config is the configuration in force.
func (s *Server) config() config.Config {
	s.see.RLock()
	defer s.see.RUnlock()
	return s.cfg
}

// grace is how long a door that closes waits for running transfers.
func (s *Server) grace() time.Duration {
	c := s.config()
	return c.HTTP.Timeouts.Shutdown.D()
}

// tell appends an event that is not part of a change; failing to is no reason to fail.
func (s *Server) tell(e event.Event) {
	err := s.store.Write(context.WithoutCancel(s.cut), store.Fast, func(tx *store.Tx) error { return tx.Append(&e) })
	if err != nil {
		s.log.Error("an event was not written", "kind", e.Kind, "error", err)
	}
}
