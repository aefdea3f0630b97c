package group

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"
)

const (
	packetMost = 9000     // bytes
	bodyMost   = 32 << 10 // bytes of a request for a description
	headMost   = 8 << 10
	readTime   = 5 * time.Second

	// ErrorPause is between two tries to read from a socket that fails.
	ErrorPause = 100 * time.Millisecond
)

// spot is where a Self is told: everything that, when it changes, makes it necessary to begin anew.
type spot struct {
	self    Self
	index   int
	group   netip.AddrPort
	network netip.Prefix
}

// spotOf finds where a Self is told in a group; false where its interface does not take part, or has not
// that address any more. By IPv6 it is told at the interface's own address, which needs no router.
func spotOf(self Self, to netip.AddrPort) (spot, bool) {
	i, err := net.InterfaceByName(self.Interface)
	if err != nil || i.Flags&net.FlagUp == 0 || i.Flags&net.FlagMulticast == 0 {
		return spot{}, false
	}
	addrs, err := i.Addrs()
	if err != nil {
		return spot{}, false
	}
	for _, a := range addrs {
		p, err := netip.ParsePrefix(a.String())
		switch {
		case err != nil:
		case to.Addr().Is4() && p.Addr() == self.Addr:
			return spot{self, i.Index, to, p.Masked()}, true
		case to.Addr().Is6() && p.Addr().Is6() && p.Addr().IsLinkLocalUnicast():
			self.Addr = p.Addr().WithZone(zone(i.Index))
			return spot{self, i.Index, to, p.Masked()}, true
		}
	}
	return spot{}, false
}

// post is a Voice on one network.
type post struct {
	at   spot
	self Self
	v    *Voice
	c    *Socket
	web  *http.Server
	pace Pace
	work sync.WaitGroup
}

// open begins to hear and to describe on a network.
func (v *Voice) open(at spot, since time.Time) (*post, error) {
	p := &post{at: at, self: at.self, v: v}
	l, err := p.listen()
	if err != nil {
		return nil, err
	}
	if p.c, err = Open(&net.Interface{Index: at.index, Name: at.self.Interface}, at.group, 1); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	p.self.Page, p.self.Since = "http://"+unzoned(l.Addr()), since
	p.web = &http.Server{
		Handler: http.HandlerFunc(p.describe), ReadTimeout: readTime, WriteTimeout: readTime, MaxHeaderBytes: headMost,
		ErrorLog: slog.NewLogLogger(v.log.Handler(), slog.LevelDebug),
	}
	p.web.SetKeepAlivesEnabled(false)
	p.work.Go(func() { _ = p.web.Serve(&visitors{Listener: l}) })
	p.work.Go(p.read)
	return p, nil
}

// listen opens the port of the description, at this network's address alone.
func (p *post) listen() (net.Listener, error) {
	var c net.ListenConfig
	l, err := c.Listen(p.v.life, "tcp", net.JoinHostPort(p.self.Addr.String(), strconv.Itoa(p.v.speech.Port())))
	if err != nil {
		return c.Listen(p.v.life, "tcp", net.JoinHostPort(p.self.Addr.String(), "0"))
	}
	return l, nil
}

// unzoned is an address without the interface, which is called otherwise on other computers.
func unzoned(a net.Addr) string {
	at := a.(*net.TCPAddr).AddrPort()
	return netip.AddrPortFrom(at.Addr().WithZone(""), at.Port()).String()
}

func (p *post) close() {
	_ = p.c.Close()
	_ = p.web.Close()
	p.work.Wait()
}

// read hears until the socket is closed.
func (p *post) read() {
	b := make([]byte, packetMost)
	for {
		n, from, err := p.c.ReadFromUDPAddrPort(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			p.heard(b[:n], from)
			continue
		}
		select { // some systems tell here that an answer did not arrive
		case <-p.v.life.Done():
			return
		case <-time.After(ErrorPause):
		}
	}
}

// heard answers one packet.
func (p *post) heard(packet []byte, from netip.AddrPort) {
	who := from.Addr().Unmap().WithZone("")
	if !One(p.at.network, who) || from.Port() == 0 {
		return
	}
	answers, sought := p.v.speech.Answer(&p.self, packet)
	if !sought {
		return
	}
	if who != p.self.Addr.WithZone("") {
		p.v.sought(p.self.Interface, who)
	}
	if !p.pace.Allow(who, time.Now()) {
		return
	}
	for _, one := range answers {
		_, _ = p.c.WriteToUDPAddrPort(one, from) // it may be lost
	}
}

// say says something to the group.
func (p *post) say(packets [][]byte) {
	for _, one := range packets {
		p.c.Say(one)
	}
}

// describe answers those on the network alone: who routes packets here from elsewhere gets nothing.
func (p *post) describe(w http.ResponseWriter, r *http.Request) {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !p.at.network.Contains(from.Addr().Unmap().WithZone("")) {
		http.NotFound(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, bodyMost)
	p.v.speech.Describe(&p.self, w, r)
}
