package server

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"portico/backend/config"
)

// Applied says what became of other settings.
type Applied struct {
	// Later are the settings that hold from the next start on, with the reason where there is one.
	Later []string `json:"later,omitempty"`
}

// Reload puts another configuration in force without disturbing what did not change: volumes come and
// go, doors move or take other settings, rights and bounds change at once, and running transfers go on.
// A configuration that cannot be had as a whole is put in force as far as it can, and the error says
// what could not.
func (s *Server) Reload(ctx context.Context, c config.Config) (Applied, error) {
	s.change.Lock()
	defer s.change.Unlock()
	before := s.config()
	s.see.Lock()
	s.cfg = c
	s.see.Unlock()
	s.allowed.Store(newAllowances(&c))
	s.accounts.Tune(c.Limits.PasswordChecks, c.Keep.SignedIn.D())
	s.tree.SetAges(ages(c.Keep))
	s.front.SetProxies(networks(c.HTTP.TrustedProxies), c.HTTP.ProxyHeader)
	select {
	case s.prune <- struct{}{}:
	default:
	}
	errs := []error{s.reloadVolumes(ctx, c), s.reloadTLS(before.HTTP.TLS, c.HTTP.TLS)}
	s.cover()
	for _, g := range s.gates {
		errs = append(errs, s.reloadDoor(ctx, g, before, c))
	}
	s.leavePaused()
	s.announce()
	return Applied{Later: s.later(before, c)}, errors.Join(errs...)
}

// reloadTLS takes the certificate from where the settings say now. Files are read again in any case.
func (s *Server) reloadTLS(before, now config.TLS) error {
	if source := s.tls.Load(); now.Mode == before.Mode {
		if source == nil || source.keeper != nil {
			return nil
		}
		if err := source.load(now); err != nil { // the doors that are open have this source
			return fmt.Errorf("%w; what was shown before is shown on", err)
		}
		return nil
	}
	fresh, err := s.newTLS()
	if err == nil {
		s.tls.Store(fresh)
	}
	return err
}

// reloadDoor moves a door whose address changed, and opens it anew where other settings of it did.
func (s *Server) reloadDoor(ctx context.Context, g *gate, before, c config.Config) error {
	if g.wants(&before) != g.wants(&c) {
		want, next := s.wanted(ctx, g)
		if _, now, _ := g.now(); now != want {
			return s.move(ctx, g, want, next)
		}
	}
	if !reflect.DeepEqual(g.made(&before), g.made(&c)) {
		return s.renew(ctx, g)
	}
	return nil
}

// later are the changed settings that this program cannot take while it runs.
func (s *Server) later(before, c config.Config) (out []string) {
	if before.Log != c.Log {
		out = append(out, "log")
	}
	for _, g := range s.gates {
		if s.o.Doors[g.name] != "" && g.wants(&before) != g.wants(&c) {
			out = append(out, g.name+".addr (until then the command line's --"+g.name+" holds)")
		}
	}
	return out
}

// reloadVolumes takes away what is not wanted any more, then mounts what is new. A volume of which
// anything but rights and bounds changed is taken away and mounted again.
func (s *Server) reloadVolumes(ctx context.Context, c config.Config) error {
	s.volumes.mu.Lock()
	defer s.volumes.mu.Unlock()
	var errs []error
	stays := make(map[string]bool)
	for _, v := range c.Volumes {
		for _, m := range s.volumes.by {
			if m.given || m.Path != v.Path {
				continue
			}
			if sameMount(m.asked, v) {
				s.adjust(m, v)
				stays[m.Path] = true
			}
		}
	}
	for path, m := range s.volumes.by {
		if !m.given && !stays[path] {
			errs = append(errs, s.unmount(ctx, path))
		}
	}
	for _, v := range c.Volumes {
		if !stays[v.Path] {
			errs = append(errs, s.mount(ctx, v, false))
		}
	}
	return errors.Join(append(errs, s.judge(ctx))...)
}

// sameMount reports whether two volumes differ at most in what adjust changes.
func sameMount(a, b config.Volume) bool { return reflect.DeepEqual(withLive(a, b), b) }

// withLive is a with what of b can change while transfers go on.
func withLive(a, b config.Volume) config.Volume {
	a.Perms, a.FloorBytes = b.Perms, b.FloorBytes
	a.Bytes, a.Files, a.FileSize, a.Up, a.Down = b.Bytes, b.Files, b.FileSize, b.Up, b.Down
	return a
}

// adjust puts another setting of a mounted volume in force, as far as withLive goes.
func (s *Server) adjust(m *mounted, v config.Volume) {
	m.asked, m.Volume = v, withLive(m.Volume, v)
	s.volumes.known.Store(m.Name, m.Volume)
	s.tree.SetFloor(m.Path, int64(m.FloorBytes))
}

// reload reads the settings file again; Options.Settings says how.
func reload(s *Server, ctx context.Context, _ func(any) error) (any, error) {
	c, err := s.o.Settings()
	if err != nil {
		return nil, err
	}
	return s.Reload(ctx, c)
}

// DoorRequest asks for a door to be opened at an address, moved there, or closed ("off").
type DoorRequest struct {
	Door string `json:"door"`
	Want string `json:"want"`
}

func doorSet(s *Server, ctx context.Context, in func(any) error) (any, error) {
	var r DoorRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	return struct{}{}, s.SetDoor(ctx, r.Door, r.Want)
}
