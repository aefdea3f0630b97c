package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// proxies are who is believed about where a request came from, and the header in which they tell it.
type proxies struct {
	nets   []netip.Prefix
	header string
}

// SetProxies changes who is believed from the next request on; see FrontOptions.
func (f *Front) SetProxies(nets []netip.Prefix, header string) {
	if header == "" {
		header = "X-Forwarded-For"
	}
	f.proxies.Store(&proxies{nets, header})
}

// trusted reports whether an address is that of a proxy whose word counts.
func (f *Front) trusted(addr netip.Addr) bool {
	for _, p := range f.proxies.Load().nets {
		if p.Contains(addr) {
			return true
		}
	}
	return false
}

// origin is where a request really came from and how the client reached us.
type origin struct {
	addr      netip.Addr // zero: no address, this computer's own programs
	text      string     // addr as text, "" for none
	moved     bool       // addr is not where the connection comes from
	host      string
	secure    bool
	forwarded bool   // a proxy or tunnel stands between, trusted or not
	prefix    string // what a trusted proxy took off the front of the path: "/files", "" nothing
}

// remote is the address as text, "" for none.
func (o origin) remote() string { return o.text }

// originOf tells where r came from.
func (f *Front) originOf(r *http.Request) origin {
	o := f.believed(r, remoteAddr(r.RemoteAddr))
	if o.addr.IsValid() {
		o.text = o.addr.String()
	}
	return o
}

// believed takes what proxies say only from trusted ones, and of the addresses listed there the
// last one that is not a trusted proxy itself: what stands before it is the client's own claim.
func (f *Front) believed(r *http.Request, addr netip.Addr) origin {
	o := origin{addr: addr, host: r.Host, secure: r.TLS != nil, forwarded: forwarded(r)}
	if !addr.IsValid() || !f.trusted(addr) {
		return o
	}
	o.forwarded = true
	listed := claimed(r.Header, f.proxies.Load().header)
	for i := len(listed) - 1; i >= 0; i-- {
		said, err := parseClaim(listed[i])
		if err != nil {
			break
		}
		o.addr = said
		if !f.trusted(said) {
			break
		}
	}
	o.moved = o.addr != addr
	o.secure = o.secure || strings.EqualFold(last(r.Header.Values("X-Forwarded-Proto")), "https")
	if host := last(r.Header.Values("X-Forwarded-Host")); host != "" && !strings.ContainsAny(host, "/\\@ \t\"<>") {
		o.host = host
	}
	o.prefix = prefixOf(last(r.Header.Values("X-Forwarded-Prefix")))
	return o
}

// prefixOf reads a path that a proxy took off; "" where it is none.
func prefixOf(value string) string {
	path, err := url.PathUnescape(value)
	if err != nil || len(path) > 256 || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\?#\r\n") {
		return ""
	}
	return strings.TrimRight(path, "/")
}

// Base is how the client calls the root of the tree that a request speaks of: "", "/dav" or "/s/KEY",
// behind what a trusted proxy took off.
func (f *Front) Base(r *http.Request) string { return prefix(r) + base(r.URL.Path) }

func prefix(r *http.Request) string {
	v, err := visitOf(r)
	if err != nil {
		return ""
	}
	return v.origin.prefix
}

// forwarded reports whether anything says that this client is not the one who asks. That may be a
// lie, but one that only takes away what a local address would be given.
func forwarded(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip", "Cf-Connecting-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return true
		}
	}
	return false
}

// last is the newest value of a list field: the one that the nearest proxy added.
func last(values []string) string {
	if len(values) == 0 {
		return ""
	}
	list := strings.Split(values[len(values)-1], ",")
	return strings.TrimSpace(list[len(list)-1])
}

// remoteAddr reads "address:port"; the zero Addr for a Unix socket.
func remoteAddr(text string) netip.Addr {
	host, _, err := net.SplitHostPort(text)
	if err != nil {
		host = text
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap().WithZone("")
}
