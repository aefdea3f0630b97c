package ftp

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"portico/backend/listen"
)

// passive waits for a client to open a data connection. It takes one, or none after a while.
type passive struct {
	l     *net.TCPListener
	timer *time.Timer
}

// unused is how long a port stays open for a client that does not transfer anything.
const unused = time.Minute

func (c *client) closePassive() {
	if c.passive != nil {
		c.passive.timer.Stop()
		c.passive.l.Close()
		c.passive = nil
	}
}

// openPassive opens a port on the address that the client reached, and returns its number.
func (c *client) openPassive() (int, error) {
	c.closePassive()
	c.active = netip.AddrPort{}
	at := c.conn.LocalAddr().(*net.TCPAddr).IP
	from, to := c.d.o.Passive.From, c.d.o.Passive.To
	var err error
	for i, first := 0, rand.IntN(max(1, to-from+1)); i <= to-from; i++ {
		port := 0
		if from > 0 {
			port = from + (first+i)%(to-from+1)
		}
		var l *net.TCPListener
		if l, err = net.ListenTCP("tcp", &net.TCPAddr{IP: at, Port: port}); err == nil {
			c.passive = &passive{l, time.AfterFunc(unused, func() { l.Close() })}
			return l.Addr().(*net.TCPAddr).Port, nil
		}
	}
	return 0, err
}

// pasv is PASV (RFC 959), which can only tell an IPv4 address.
func (c *client) pasv(string) {
	if c.only {
		c.reply(503, "After EPSV ALL only EPSV may be used.")
		return
	}
	at, ok := c.told()
	if !ok {
		c.reply(425, "There is no IPv4 address to tell you. Use EPSV.")
		return
	}
	port, err := c.openPassive()
	if err != nil {
		c.noPort(err)
		return
	}
	a := at.As4()
	c.reply(227, fmt.Sprintf("Entering Passive Mode (%d,%d,%d,%d,%d,%d).", a[0], a[1], a[2], a[3], port>>8, port&255))
}

// told is the address that PASV tells.
func (c *client) told() (netip.Addr, bool) {
	if host := c.d.o.Passive.Host; host != "" && !local(c.conn.Remote()) {
		if a, err := netip.ParseAddr(host); err == nil {
			return a, a.Is4()
		}
		ctx, cancel := context.WithTimeout(c.ctx, 5*time.Second)
		defer cancel()
		if list, err := net.DefaultResolver.LookupNetIP(ctx, "ip4", host); err == nil && len(list) > 0 {
			return list[0].Unmap(), true
		}
	}
	a := c.conn.LocalAddr().(*net.TCPAddr).AddrPort().Addr().Unmap()
	return a, a.Is4()
}

// epsv is EPSV (RFC 2428).
func (c *client) epsv(arg string) {
	switch family := strings.ToUpper(strings.TrimSpace(arg)); {
	case family == "ALL":
		c.only = true
		c.reply(200, "Only EPSV from now on.")
		return
	case family != "" && family != c.family():
		c.reply(522, "Use ("+c.family()+"), the family of this connection.")
		return
	}
	port, err := c.openPassive()
	if err != nil {
		c.noPort(err)
		return
	}
	c.reply(229, "Entering Extended Passive Mode (|||"+strconv.Itoa(port)+"|)")
}

// family is the number of the address family of the control connection.
func (c *client) family() string {
	if c.conn.Remote().Is4() {
		return "1"
	}
	return "2"
}

func (c *client) noPort(err error) {
	c.d.log.Warn("no port for a data connection", "error", err)
	c.reply(425, "All ports for data connections are in use. Try again in a moment.")
}

// port is PORT (RFC 959).
func (c *client) port(arg string) {
	at, ok := parsePort(arg)
	if !ok {
		c.reply(501, "An address is h1,h2,h3,h4,p1,p2.")
		return
	}
	c.activate(at)
}

// eprt is EPRT (RFC 2428).
func (c *client) eprt(arg string) {
	at, known, ok := parseExtended(arg)
	switch {
	case !ok:
		c.reply(501, "An address is |1|IPv4|PORT| or |2|IPv6|PORT|.")
	case !known:
		c.reply(522, "Use (1,2).")
	default:
		c.activate(at)
	}
}

// activate notes where the client waits for the next data connection. That is itself or nobody: a
// server that connects to wherever it is told attacks others for whoever asks (RFC 2577).
func (c *client) activate(at netip.AddrPort) {
	switch {
	case c.only:
		c.reply(503, "After EPSV ALL only EPSV may be used.")
	case at.Addr() != c.conn.Remote() || at.Port() < 1024:
		c.d.TurnAway(c.conn, listen.Reason{Code: "DOOR-BOUNCE-01", Text: "it asked this computer to connect to somewhere else for it"})
		c.reply(504, "Data connections go to the address that you come from, and to a port above 1023.")
	default:
		c.closePassive()
		c.active = at
		c.reply(200, "I will connect there.")
	}
}
