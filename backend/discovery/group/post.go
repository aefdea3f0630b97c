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

	"golang.org/x/net/ipv4"
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
	network netip.Prefix
}

// spotOf finds a Self's interface; false where it does not take part, or has not that address any more.
func spotOf(self *Self) (spot, bool) {
	i, err := net.InterfaceByName(self.Interface)
	if err != nil || i.Flags&net.FlagUp == 0 || i.Flags&net.FlagMulticast == 0 || !self.Addr.Is4() {
		return spot{}, false
	}
	addrs, err := i.Addrs()
	if err != nil {
		return spot{}, false
	}
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr() == self.Addr {
			return spot{*self, i.Index, p.Masked()}, true
		}
	}
	return spot{}, false
}

// post is a Voice on one network.
type post struct {
	at   spot
	self Self
	v    *Voice
	c    *ipv4.PacketConn
	web  *http.Server
	work sync.WaitGroup
}

// open begins to hear and to describe on a network.
func (v *Voice) open(at spot) (*post, error) {
	p := &post{at: at, self: at.self, v: v}
	l, err := p.listen()
	if err != nil {
		return nil, err
	}
	if err := p.join(); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	p.self.Page, p.self.Since = "http://"+l.Addr().String(), time.Now()
	p.web = &http.Server{
		Handler: http.HandlerFunc(p.describe), ReadTimeout: readTime, WriteTimeout: readTime, IdleTimeout: readTime, MaxHeaderBytes: headMost,
		ErrorLog: slog.NewLogLogger(v.log.Handler(), slog.LevelDebug),
	}
	p.work.Go(func() { _ = p.web.Serve(&visitors{Listener: l}) })
	p.work.Go(p.read)
	return p, nil
}

// listen opens the port of the description, at this network's address alone.
func (p *post) listen() (net.Listener, error) {
	var c net.ListenConfig
	l, err := c.Listen(p.v.life, "tcp4", net.JoinHostPort(p.self.Addr.String(), strconv.Itoa(p.v.speech.Port())))
	if err != nil {
		return c.Listen(p.v.life, "tcp4", net.JoinHostPort(p.self.Addr.String(), "0"))
	}
	return l, nil
}

// join opens the socket, which other programs of this computer may have as well.
func (p *post) join() error {
	at := p.v.speech.Group()
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(at)) // shared, because it is a group
	if err != nil {
		return err
	}
	p.c = ipv4.NewPacketConn(c)
	i := &net.Interface{Index: p.at.index, Name: p.self.Interface}
	_ = p.c.SetBPF(Filter(at.Addr(), p.at.index)) // what other systems deliver is judged in heard, too
	if err := errors.Join(p.c.JoinGroup(i, net.UDPAddrFromAddrPort(at)), p.c.SetMulticastInterface(i), p.c.SetMulticastTTL(1)); err != nil {
		return errors.Join(err, p.c.Close())
	}
	return nil
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
		n, _, from, err := p.c.ReadFrom(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if at, ok := from.(*net.UDPAddr); ok && err == nil {
			p.heard(b[:n], at.AddrPort())
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
	who := from.Addr().Unmap()
	if !One(p.at.network, who) || from.Port() == 0 {
		return
	}
	answers, sought := p.v.speech.Answer(&p.self, packet)
	if !sought {
		return
	}
	if who != p.self.Addr {
		p.v.sought(p.self.Interface, who)
	}
	if !p.v.pace.Allow(who, time.Now()) {
		return
	}
	for _, one := range answers {
		p.send(one, from)
	}
}

// say says something to the group.
func (p *post) say(packets [][]byte) {
	for _, one := range packets {
		p.send(one, p.v.speech.Group())
	}
}

// send sends a packet; that it is lost is no error, as it may always be.
func (p *post) send(packet []byte, to netip.AddrPort) {
	_, _ = p.c.WriteTo(packet, &ipv4.ControlMessage{IfIndex: p.at.index}, net.UDPAddrFromAddrPort(to))
}

// describe answers those on the network alone: who routes packets here from elsewhere gets nothing.
func (p *post) describe(w http.ResponseWriter, r *http.Request) {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !p.at.network.Contains(from.Addr().Unmap()) {
		http.NotFound(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, bodyMost)
	p.v.speech.Describe(&p.self, w, r)
}
