//go:build desktop

package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"portico/app/native"
	"portico/app/tray"
	"portico/app/window"
	"portico/assets"
	"portico/backend/server"
)

// shell is the desktop around a server in the same process: a window, a tray, and what belongs to
// them. The server serves whatever becomes of these.
type shell struct {
	log      *slog.Logger
	closeLog io.Closer
	place    *place
	data     string
	habits   *habits
	happened happenings

	server *server.Server
	client *tray.Client
	window *window.Window
	tray   *tray.Tray

	session, system *native.Bus // nil: not there
	notifier        *native.Notifier
	revealer        *native.Revealer
	awake           *native.Awake

	life context.Context // until the end is asked for
	end  context.CancelFunc
	work sync.WaitGroup

	wanted chan bool     // somebody wants the window; false: not to be seen
	begun  atomic.Bool   // the window was wanted
	shown  atomic.Bool   // it can be seen
	dark   atomic.Bool   // there is no display
	seen   chan struct{} // somebody looks at the window
	ending atomic.Bool   // the end waits for what moves
	asked  chan bool     // the end is wanted; true: at once
	done   chan struct{} // everything is put away

	bell doorbell // of the goroutine that is told how things stand

	see   sync.Mutex
	state tray.State
}

// openShell opens everything but the window.
func openShell(ctx context.Context, con *console, p *place) (*shell, error) {
	s := &shell{place: p, wanted: make(chan bool, 1), seen: make(chan struct{}, 1), asked: make(chan bool, 4), done: make(chan struct{})}
	var err error
	if s.data, err = p.dir(); err != nil {
		return nil, err
	}
	c, err := p.settings()
	if err != nil {
		return nil, err
	}
	if s.log, s.closeLog, err = newLog(c.Log, con.err); err != nil {
		return nil, err
	}
	slog.SetDefault(s.log) // libraries of the desktop speak to the standard log
	s.server, err = server.New(ctx, server.Options{
		Data: s.data, Config: c, Settings: p.settings, Save: p.save, Version: version, Loopback: true, Window: true, Desktop: s, Log: s.log,
	})
	if err != nil {
		return nil, errors.Join(err, s.closeLog.Close())
	}
	s.life, s.end = context.WithCancel(context.Background())
	s.habits = readHabits(s.data)
	s.connect(ctx)
	fell := s.mark()
	if err := s.server.Start(ctx); err != nil {
		s.end()
		s.disconnect()
		return nil, errors.Join(err, s.server.Close(), s.unmark(), s.closeLog.Close())
	}
	url, token := s.server.Control()
	told := newArrivals(s)
	s.client = &tray.Client{URL: url, Token: token, HTTP: &http.Client{}, Batches: told.batches}
	s.window = window.New(window.Options{
		Page: url + "/-/window#" + token, Origin: url, Icon: assets.Icon(), Place: s.habits.get().Place, Log: s.log.With("room", "window"),
		Moved:   func(at window.Place) { s.keep(func(h *habit) { h.Place = at }) },
		Dropped: s.dropped, Closing: s.closing,
	})
	s.tray = tray.Start(tray.Options{Icon: trayIcon, Do: s.act, Log: s.log.With("room", "tray")})
	s.work.Go(func() { s.client.Follow(s.life, s.seen, s.stands) })
	s.work.Go(func() { s.awake.Run(s.life) })
	s.work.Go(func() { told.run(s.life) })
	s.work.Go(s.watchHost)
	if fell {
		s.work.Go(s.tellFall)
	}
	return s, nil
}

// connect finds what the desktop offers; whatever is missing is done without.
func (s *shell) connect(ctx context.Context) {
	var err error
	if s.session, err = native.DialSession(ctx); err != nil {
		s.log.Info("there is no desktop session to speak to", "error", err)
	}
	if s.system, err = native.DialSystem(ctx); err != nil {
		s.log.Debug("the computer's own bus is not there", "error", err)
	}
	s.notifier, s.revealer = native.NewNotifier(s.session), native.NewRevealer(s.session)
	s.awake = native.NewAwake(s.system, s.session, s.log.With("room", "awake"))
}

// disconnect lets go of what the desktop offers.
func (s *shell) disconnect() {
	s.notifier.Close()
	s.session.Close()
	s.system.Close()
}

// stands is told how things stand whenever that changes.
func (s *shell) stands(now tray.State) {
	if now.Unseen > 0 && s.shown.Load() {
		s.look()
		now.Unseen = 0
	}
	for _, t := range now.Moving {
		if !t.Waiting && t.Speed > 0 {
			s.awake.Moved()
			break
		}
	}
	s.see.Lock()
	s.state = now
	s.see.Unlock()
	if s.tray != nil {
		s.tray.Show(now)
	}
	s.ring(now.Asking)
}

// look says that somebody looks at the window.
func (s *shell) look() {
	select {
	case s.seen <- struct{}{}:
	default:
	}
}

func (s *shell) keep(change func(*habit)) {
	if err := s.habits.change(change); err != nil {
		s.log.Warn("what the window remembers was not kept", "error", err)
	}
}

// run shows the window and waits for the end. It must be called by the goroutine of main.
func (s *shell) run(hidden bool, paths []string) error {
	go s.untilEnd()
	for _, name := range paths {
		link, err := s.server.Hand(s.life, name)
		if err != nil {
			s.complain("“"+filepath.Base(name)+"” is not shared", err)
			continue
		}
		s.happened.tell(server.DesktopEvent{What: "go", Page: "share", ID: link.ID}, true)
	}
	if !hidden {
		s.want(true)
	}
	select {
	case visible := <-s.wanted:
		s.showWindow(visible)
	case <-s.life.Done():
	}
	<-s.done
	return nil
}

// showWindow keeps the calling goroutine as long as there is a window. Without a display everything
// else goes on.
func (s *shell) showWindow(visible bool) {
	s.shown.Store(visible)
	if !visible {
		s.window.StayHidden()
	}
	if err := s.window.Run(); err != nil {
		s.dark.Store(true)
		s.shown.Store(false)
		s.log.Warn("there is no window here; what is shared is served all the same", "error", err)
	}
}

// want has the window begin, once.
func (s *shell) want(visible bool) {
	if s.begun.CompareAndSwap(false, true) {
		s.wanted <- visible
	}
}

// trayIcon is the picture of a face in the form that this system wants.
func trayIcon(f tray.Face) []byte { return assets.Tray(string(f), trayGround, trayForm) }

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }

// mark leaves a mark while it runs, and reports whether one was left by a run that did not end in
// order.
func (s *shell) mark() (fell bool) {
	_, err := os.Stat(s.markFile())
	if err := os.WriteFile(s.markFile(), nil, 0o600); err != nil {
		s.log.Warn("a crash of this run would not be told of", "error", err)
	}
	return err == nil
}

func (s *shell) unmark() error { return os.Remove(s.markFile()) }

func (s *shell) markFile() string { return filepath.Join(s.data, "desktop.running") }
