package web

import (
	"net/http"
	"net/netip"
	"strings"
)

// claimed lists the addresses that a proxy header tells of, the nearest proxy's word last.
func claimed(h http.Header, name string) []string {
	var out []string
	for element := range strings.SplitSeq(strings.Join(h.Values(name), ","), ",") {
		if strings.EqualFold(name, "Forwarded") {
			element = forwardedFor(element)
		}
		out = append(out, element)
	}
	return out
}

// forwardedFor is the "for" of one element of the header Forwarded (RFC 7239).
func forwardedFor(element string) string {
	for pair := range strings.SplitSeq(element, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if strings.EqualFold(name, "for") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// parseClaim reads one address as proxies write it: "1.2.3.4", "1.2.3.4:80", "[2001:db8::1]:80".
func parseClaim(text string) (netip.Addr, error) {
	text = strings.TrimSpace(text)
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap().WithZone(""), nil
	}
	addr, err := netip.ParseAddr(strings.Trim(text, "[]"))
	return addr.Unmap().WithZone(""), err
}

// insist sends whoever came unencrypted to the encrypted address, where the settings want that.
func (d *Door) insist(w http.ResponseWriter, r *http.Request, o origin) (sent bool) {
	if !d.o.Insist || o.secure || !o.addr.IsValid() {
		return false
	}
	w.Header().Set("Location", "https://"+r.Host+r.URL.RequestURI())
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(http.StatusPermanentRedirect)
	return true
}
