package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"portico/backend/diagnose"
	"portico/backend/discovery"
	"portico/backend/listen"
	"portico/backend/server/machine"
)

// doors asks the running instance where its doors are. addr is that of the web door, as others see
// it; "" when it is closed.
func (p Patient) doors(ctx context.Context) (out []Finding, addr string) {
	var status struct {
		Doors []struct {
			Name, Address, Problem string
			Open, Clear            bool
		}
	}
	if err := p.ask(ctx, "/-/api/status", &status); err != nil {
		return []Finding{{About: "doors", Text: "the running Portico does not tell its doors: " + err.Error(), Bad: true, Next: "end it and start it again"}}, ""
	}
	for _, d := range status.Doors {
		f := Finding{About: d.Name + " door", Text: "open at " + d.Address}
		switch {
		case d.Problem != "":
			f.Text, f.Bad, f.Next = "closed: "+d.Problem, true, "portico help ports"
		case !d.Open:
			f.Text = "off"
		}
		if u, err := url.Parse(d.Address); err == nil && d.Name == "http" && d.Open {
			addr = u.Host
		}
		out = append(out, f)
	}
	return out, addr
}

// port looks whether the web door could open.
func (p Patient) port(ctx context.Context) Finding {
	f := Finding{About: "web door", Text: p.Config.HTTP.Addr}
	if p.Config.HTTP.Addr == off {
		return f
	}
	opened, err := listen.Open(ctx, listen.Spec{Addrs: []string{p.Config.HTTP.Addr}})
	var refused *listen.RefusedError
	switch {
	case errors.As(err, &refused):
		f.Text, f.Note = err.Error(), true
		f.Bad = len(p.Config.HTTP.FallbackPorts) == 0
		if f.Bad {
			f.Next = "end that program, or: portico config set http.addr :8080"
		} else {
			f.Text += "; the next free port will be taken"
		}
	case err != nil:
		f.Text, f.Bad = err.Error(), true
	default:
		for _, l := range opened.Listeners {
			l.Close()
		}
		f.Text += " is free"
	}
	return f
}

// network tells by which addresses others reach this computer, which one the QR code shows, and why.
func network(addr, public string) []Finding {
	table, err := discovery.Read()
	if err != nil {
		return []Finding{{About: "network", Text: err.Error(), Bad: true}}
	}
	ranked := discovery.Rank(table)
	host, _, _ := net.SplitHostPort(addr)
	only, err := netip.ParseAddr(host)
	fixed := err == nil && !only.IsUnspecified() && (len(ranked) == 0 || only != ranked[0].Addr)
	if len(ranked) == 0 {
		return []Finding{{About: "network", Text: "this computer is on no network: only itself can open what it serves", Note: true,
			Next: "connect a cable or a wireless network; Portico notices by itself"}}
	}
	var out []Finding
	for i, a := range ranked {
		if i == maxAddresses {
			out = append(out, Finding{About: "address", Text: fmt.Sprintf("… and %d more", len(ranked)-i)})
			break
		}
		out = append(out, Finding{About: "address", Text: a.Host() + " on " + a.Interface + ": " + describe(a)})
	}
	f := Finding{About: "QR code", Text: "shows " + ranked[0].Host() + ": " + reason(ranked)}
	switch {
	case public != "":
		f.Text = "shows " + public + ", because the settings say so (http.public_url)"
	case fixed && only.IsLoopback():
		f.Text, f.Note = "shows "+host+", which only this computer can open: that is the address that was chosen for the web door", true
		f.Next = "for others: portico config set http.addr :3923, or serve --http :3923"
	case fixed:
		f.Text = "shows " + host + ", because that address was chosen for the web door"
	}
	return append(out, f)
}

// maxAddresses is how many addresses are told one by one.
const maxAddresses = 8

// describe says what kind of network an address belongs to.
func describe(a discovery.Address) string {
	var words []string
	switch a.Kind {
	case discovery.LAN:
		words = append(words, map[bool]string{true: "a wireless network", false: "a wired network"}[a.Wireless])
	case discovery.Hotspot:
		words = append(words, "a hotspot of this computer")
	case discovery.Tether:
		words = append(words, "a phone that shares its connection")
	case discovery.Tunnel:
		words = append(words, "a VPN: who is not in it cannot open this")
	case discovery.Virtual:
		words = append(words, "a network inside this computer (containers, virtual machines)")
	}
	if a.Gateway {
		words = append(words, "with a router")
	}
	if a.Addr.IsLinkLocalUnicast() {
		words = append(words, "no router gave an address, so only what hangs on the same cable reaches it")
	}
	if !a.Addr.IsPrivate() && a.Addr.IsGlobalUnicast() {
		words = append(words, "a public address: unless a router or firewall is in between, the whole internet reaches it")
	}
	return strings.Join(words, ", ")
}

// reason says why the first address was preferred to the others.
func reason(ranked []discovery.Address) string {
	best := ranked[0]
	switch {
	case len(ranked) == 1:
		return "it is the only one"
	case best.Gateway:
		return "phones in the room are most probably in the network with the router"
	case best.Kind == discovery.Hotspot:
		return "who is on the hotspot reaches it"
	}
	return "of all addresses, others most probably reach this one"
}

// firewalls looks whether something on this computer keeps visitors of the web door out.
func firewalls(ctx context.Context, addr string) []Finding {
	host, text, err := net.SplitHostPort(addr)
	port, _ := strconv.ParseUint(text, 10, 16)
	at, e := netip.ParseAddr(host)
	if err != nil || port == 0 || e == nil && at.IsLoopback() {
		return nil // nobody else comes in anyway
	}
	walls := machine.New().Walls(ctx, wayTo(at, uint16(port)))
	if len(walls) == 0 {
		return []Finding{{About: "firewall", Text: "none was found on this computer (a router or company network may have its own)"}}
	}
	var out []Finding
	for _, w := range walls {
		f := Finding{About: "firewall", Text: w.Name + " is off"}
		switch {
		case w.Unsure:
			f.Text, f.Note, f.Next = w.Name+": "+w.Why, true, w.Allow
		case w.Active && w.Open:
			f.Text = fmt.Sprintf("%s is on and lets port %d through", w.Name, port)
		case w.Active:
			f.Text, f.Bad, f.Next = fmt.Sprintf("%s is on, and no rule lets port %d through: others see nothing, not even a refusal", w.Name, port), true, w.Allow
		case w.Name == "nftables":
			f.Text = "nftables drops nothing that comes in"
		}
		out = append(out, f)
	}
	return out
}

// wayTo is the connection that a phone in the room makes to a port of this computer: to an address, or
// to the best there is.
func wayTo(at netip.Addr, port uint16) diagnose.Way {
	way := diagnose.Way{Port: port}
	table, err := discovery.Read()
	if err != nil {
		return way
	}
	for _, a := range discovery.Rank(table) {
		if at.IsValid() && !at.IsUnspecified() && a.Addr != at {
			continue
		}
		way.Addr, way.Interface = a.Addr, a.Interface
		break
	}
	for _, i := range table {
		for _, a := range i.Addrs {
			if i.Name == way.Interface && a.Addr().WithZone("") == way.Addr && a.Bits() < a.Addr().BitLen() {
				way.From = a.Masked()
			}
		}
	}
	return way
}
