package server

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"portico/backend/account"
	"portico/backend/api"
	"portico/backend/archive"
	"portico/backend/config"
	"portico/backend/diagnose"
	"portico/backend/event"
	"portico/backend/media"
	"portico/backend/protocol/entry"
	"portico/backend/protocol/web"
	"portico/backend/protocol/webdav"
	"portico/backend/server/machine"
	"portico/backend/share"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/frontend"
)

// build makes every room, each after those that it needs.
func (s *Server) build(ctx context.Context) error {
	s.addrs.host = hostName()
	if err := os.MkdirAll(s.o.Data, 0o700); err != nil {
		return err
	}
	if err := s.buildGround(ctx); err != nil {
		return err
	}
	if err := s.buildServices(ctx); err != nil {
		return err
	}
	if err := s.buildDoors(ctx); err != nil {
		return err
	}
	return s.give(ctx)
}

// buildGround opens the store and what stands on it alone.
func (s *Server) buildGround(ctx context.Context) (err error) {
	c := s.config()
	s.store, err = store.Open(ctx, store.Options{
		Dir: s.o.Data,
		Log: s.o.Log.With("room", "store"),
		// The bus reads from the store, so it comes second; nothing is written in between.
		Appended: func(events []event.Event) { s.bus.Publish(events) },
	})
	if err != nil {
		return err
	}
	s.bus = event.NewBus(s.store, s.o.Log.With("room", "event"))
	s.away = account.NewTally(s.store, s.o.Log.With("room", "away"), s.now)
	s.examiner = diagnose.New(machine.New(), s.now)
	s.people = newPeople()
	s.arrivals = newArrivals(s.now, s.own, func(remote, client, id string) {
		s.people.learn(event.Event{Kind: event.Opened, Time: s.now(), Remote: remote, Client: client, Identity: "link:" + id})
	})
	if err := s.loadPeople(ctx); err != nil {
		return err
	}
	if !s.setting(ctx, "instance", &s.instance) {
		var id [8]byte
		rand.Read(id[:])
		s.instance = hex.EncodeToString(id[:])
		if err := s.setSetting(ctx, "instance", s.instance); err != nil {
			return err
		}
	}
	key, err := pepper(filepath.Join(s.o.Data, "accounts.key"))
	if err != nil {
		return err
	}
	s.accounts, err = account.New(account.Options{
		Store: s.store, Log: s.o.Log.With("room", "account"), Now: s.now,
		Key: key, NodePath: s.nodePath, Changed: s.rightsChanged, Ended: s.secretsEnded,
		Checks: c.Limits.PasswordChecks, SignedIn: c.Keep.SignedIn.D(),
		LeastPassword: func() int { return s.config().Accounts.MinPassword },
	})
	return err
}

// buildServices makes the core and what serves it.
func (s *Server) buildServices(ctx context.Context) (err error) {
	s.tree, err = vfs.New(vfs.Config{Store: s.store, Log: s.o.Log.With("room", "vfs"), Now: s.now, Guards: s.guards(), Ages: ages(s.config().Keep), Escaped: s.escaped})
	if err != nil {
		return err
	}
	s.shares = share.New(share.Options{
		Store: s.store, Accounts: s.accounts, Log: s.o.Log.With("room", "share"), Now: s.now,
		Policy: s.tree.Policy, Target: s.target, NodePath: s.nodePath, Local: s.attached, Paused: s.paused, Blocked: s.blocked, Made: s.shareMade, Changed: s.sharesChanged, Seen: s.arrivals.seen,
	})
	s.packer = archive.New(archive.Options{})
	if err := frontend.Built(); err != nil {
		s.log.Warn("pages work without scripts only", "error", err)
	}
	s.thumbs = media.New(media.Options{Dir: filepath.Join(s.o.Data, "cache", "thumbs"), Log: s.o.Log.With("room", "media")})
	return nil
}

// buildDoors makes the front that all HTTP shares, the API twice (for everybody, and for the owner),
// and the gates.
func (s *Server) buildDoors(ctx context.Context) (err error) {
	c := s.config()
	s.setting(ctx, "network", &s.places.global)
	var known memory
	if s.setting(ctx, "networks", &known) {
		s.places.load(known)
	}
	s.readNetwork()
	s.addrs.choose(s.places.choice())
	source, err := s.newTLS()
	if err != nil {
		return err
	}
	s.tls.Store(source)
	s.front = web.NewFront(web.FrontOptions{
		Tree: s.tree, Accounts: s.accounts, Shares: s.shares,
		Proxies: networks(c.HTTP.TrustedProxies), ProxyHeader: c.HTTP.ProxyHeader, Log: s.o.Log.With("room", "web"),
	})
	s.dav = webdav.New(webdav.Options{Place: s.front.Place, Base: s.front.Base, Local: s.front.Local, Away: s.misled})
	s.undone = s.loadUndone(ctx)
	s.api, s.inner = api.New(s.apiOptions(false)), api.New(s.apiOptions(true))
	for _, kind := range doorKinds() {
		s.gates = append(s.gates, &gate{doorKind: kind, want: off})
	}
	return nil
}

func (s *Server) apiOptions(control bool) api.Options {
	o := api.Options{
		Place: s.front.Place, Identity: s.front.Identity, Cookies: s.front,
		Accounts: s.accounts, Shares: s.shares, Tree: s.tree, Bus: s.bus, Source: s.store,
		Name: s.name, Status: s.Status, Admin: admin{s}, Networks: admin{s}, Peers: admin{s}, Addresses: s.Addresses, Host: s.known, People: admin{s}, Diagnosis: admin{s}, Undone: s.undone,
		Control: control, Log: s.o.Log.With("room", "api"),
	}
	if control {
		o.Host = nil // a socket has no name
		o.Desktop = s.o.Desktop
	}
	return o
}

// webOptions are those of every HTTP server over this house, with the API that it shows.
func (s *Server) webOptions(a *api.API) web.Options {
	c := s.config()
	each := c.Limits.ConnectionsPerAddress
	if each == 0 {
		each = c.Limits.Connections
	}
	return web.Options{
		Front: s.front, API: a, DAV: s.dav, Thumbs: s.thumbs, Pack: s.packer, Host: s.name, Known: s.known,
		Limits: web.Limits{
			Header: c.HTTP.Timeouts.Header.D(), Idle: c.HTTP.Timeouts.Idle.D(), Window: c.HTTP.Timeouts.Stall.D(),
			Conns: c.Limits.Connections, PerAddr: each,
		},
		Log: s.o.Log.With("room", "web"),
	}
}

// give adds the accounts of the command line.
func (s *Server) give(ctx context.Context) error {
	for _, l := range s.o.Given {
		warning, err := s.accounts.Give(ctx, l.Name, l.Password)
		if err != nil {
			return fmt.Errorf("account %s: %w", l.Name, err)
		}
		if warning != "" {
			s.log.Warn(warning)
		}
	}
	return nil
}

// pepper reads the key that lies beside the database and not in it, or makes it.
func pepper(file string) ([]byte, error) {
	key, err := os.ReadFile(file)
	switch {
	case err == nil && len(key) >= 32:
		return key, nil
	case err == nil:
		return nil, fmt.Errorf("%s is damaged: put it back from a copy, or remove it (accounts then need their name to sign in)", file)
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	key = make([]byte, 32)
	rand.Read(key)
	_, err = f.Write(key)
	return key, errors.Join(err, f.Sync(), f.Close())
}

// ages is how long the core keeps things. In the settings 0 means for ever.
func ages(k config.Keep) vfs.Ages {
	forEver := func(d config.Duration) time.Duration {
		if d == 0 {
			return -1
		}
		return d.D()
	}
	return vfs.Ages{Unfinished: forEver(k.Unfinished), Trash: forEver(k.Trash), Versions: forEver(k.Versions)}
}

// placesOf reads who comes from where; the addresses were checked before.
func placesOf(settings map[string]string) entry.Places {
	places := make(entry.Places)
	for from, name := range settings {
		for _, n := range networks([]string{from}) {
			places[n] = name
		}
	}
	return places
}

// networks reads addresses and networks; they were checked before.
func networks(texts []string) []netip.Prefix {
	var out []netip.Prefix
	for _, text := range texts {
		if p, err := netip.ParsePrefix(text); err == nil {
			out = append(out, p)
		} else if a, err := netip.ParseAddr(text); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return out
}
