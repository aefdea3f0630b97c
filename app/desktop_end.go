//go:build desktop

package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"portico/backend/server"
)

// Quit ends the program: running transfers may end, for as long as the settings say, unless now. Asking
// a second time cuts them.
func (s *shell) Quit(now bool) {
	select {
	case s.asked <- now:
	default:
	}
}

// untilEnd waits for the end to be wanted and puts everything away, whatever the window does.
func (s *shell) untilEnd() {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	var now, asked bool
	select {
	case now = <-s.asked:
		asked = true
	case <-signals:
	}
	grace, cut := context.WithTimeout(context.Background(), s.server.Grace())
	defer cut()
	if now {
		cut()
	}
	if n := len(s.server.Transfers()); n > 0 && !now {
		s.log.Info("ending: what moves may finish first; asking again ends it at once", "transfers", n)
		s.finishing(asked)
	} else {
		s.window.Leave()
	}
	left := make(chan struct{})
	go func() { defer close(left); s.server.Leave(grace) }()
	for waiting := true; waiting; {
		select {
		case <-left:
			waiting = false
		case <-s.asked:
			cut()
		case <-signals:
			cut()
		}
	}
	if s.ending.Load() {
		s.window.Leave()
	}
	s.putAway()
	close(s.done)
	// The window keeps main as long as a dialog of the system is open, or for ever without its display.
	time.Sleep(time.Second)
	os.Exit(0)
}

// finishing tells the page that the end waits, and whoever asked for it sees that.
func (s *shell) finishing(asked bool) {
	s.ending.Store(true)
	s.happened.stand(server.DesktopEvent{What: "finishing"})
	if asked && s.begun.Load() && !s.dark.Load() {
		s.shown.Store(true)
		s.window.Show()
	}
}

func (s *shell) putAway() {
	s.end()
	s.tray.End()
	s.notifier.Close()
	s.work.Wait()
	if err := s.server.Close(); err != nil {
		s.log.Error("the end was not in order", "error", err)
	}
	s.session.Close()
	s.system.Close()
	if err := s.unmark(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.log.Warn("the next start will take this end for a crash", "error", err)
	}
	s.closeLog.Close()
}
