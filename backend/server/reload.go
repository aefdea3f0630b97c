package server

import (
	"context"
	"errors"
	"reflect"

	"portico/backend/config"
)

// Reload puts another configuration in force without disturbing what did not change: volumes come and
// go, doors move, rights change at once. A configuration that cannot be had as a whole is put in force
// as far as it can, and the error says what could not.
func (s *Server) Reload(ctx context.Context, c config.Config) error {
	s.change.Lock()
	defer s.change.Unlock()
	before := s.config()
	s.see.Lock()
	s.cfg = c
	s.see.Unlock()
	s.allowed.Store(newAllowances(&c))
	errs := []error{s.reloadVolumes(ctx, c)}
	if s.tls != nil && s.tls.keeper == nil {
		errs = append(errs, s.tls.load(c.HTTP.TLS))
	}
	s.cover()
	for _, g := range s.gates {
		errs = append(errs, s.reloadDoor(ctx, g, before, c))
	}
	return errors.Join(errs...)
}

// reloadDoor moves a door whose address changed. Other settings of it hold from the next start on.
func (s *Server) reloadDoor(ctx context.Context, g *gate, before, c config.Config) error {
	if g.wants(&before) == g.wants(&c) {
		return nil
	}
	want, next := s.wanted(ctx, g)
	if _, now, _ := g.now(); now == want {
		return nil
	}
	return s.move(ctx, g, want, next)
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
	return struct{}{}, s.Reload(ctx, c)
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
