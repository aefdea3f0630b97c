//go:build linux

package samba

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"sync"
	"time"
)

// Options of a Samba.
type Options struct {
	Data    string // the data folder, in which it is noted where the rest lies
	Name    string // of this computer, as people read it
	Encrypt bool   // nobody comes in who does not encrypt
	Log     *slog.Logger
}

// Samba starts smbd for connections. It is safe for concurrent use.
type Samba struct {
	o        Options
	programs programs
	place    place

	mu     sync.Mutex
	logins []Login // as they were written last

	// The system kills children with the thread that started them, so one thread lives for that.
	starts  chan func()
	started sync.WaitGroup
}

// New looks for the programs and prepares the folder in which they work; *MissingError where something is
// not installed. Close it when the last child has ended and nothing is mounted at View.
func New(o Options) (*Samba, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	found, err := find()
	if err != nil {
		return nil, err
	}
	if err := sweep(o.Data); err != nil {
		o.Log.Warn("what an earlier start left behind could not be removed", "error", err)
	}
	at, err := makePlace(o.Data)
	if err != nil {
		return nil, fmt.Errorf("the folder for SMB's programs cannot be made: %w", err)
	}
	s := &Samba{o: o, programs: found, place: at, starts: make(chan func())}
	if err := errors.Join(at.write("smb.conf", at.settings(o.Name, o.Encrypt, s.modules())), s.write(nil)); err != nil {
		return nil, errors.Join(err, at.remove())
	}
	s.started.Go(func() {
		runtime.LockOSThread()
		for start := range s.starts {
			start()
		}
	})
	// Before the first client does, it is found out whether smbd can be run at all.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := s.Try(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("Samba is installed, but cannot be run (%w). Install it anew", err), s.Close())
	}
	return s, nil
}

// View is the empty folder at which the caller mounts what is shared.
func (s *Samba) View() string { return s.place.view() }

// User is who smbd is: the view has to be open to that one.
func (s *Samba) User() (uid, gid uint32) { return uint32(s.place.uid), uint32(s.place.gid) }

// Root reports whether this program may mount by itself.
func (s *Samba) Root() bool { return os.Geteuid() == 0 }

// Foreign reports whether smbd is somebody else than this program.
func (s *Samba) Foreign() bool { return s.place.uid != os.Geteuid() }

// SetLogins says who may sign in from now on. Who has signed in stays.
func (s *Samba) SetLogins(logins []Login) error {
	logins = slices.DeleteFunc(slices.Clone(logins), func(l Login) bool { return !Carried(l.Name) })
	slices.SortFunc(logins, func(a, b Login) int { return int(a.UID) - int(b.UID) })
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Equal(logins, s.logins) {
		return nil
	}
	if err := s.write(logins); err != nil {
		return err
	}
	s.logins = logins
	return nil
}

func (s *Samba) write(logins []Login) error {
	passwd, group, secrets := s.place.users(logins)
	return errors.Join(s.place.write("passwd", passwd), s.place.write("group", group), s.place.write("smbpasswd", secrets))
}

// Close removes the folder.
func (s *Samba) Close() error {
	close(s.starts)
	s.started.Wait()
	return s.place.remove()
}

// Loosen takes the view away from its name, also where it is in use.
func (s *Samba) Loosen() { loosen(s.place.view()) }
