package web

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestOriginHeaders(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	for _, c := range []struct{ header, name, value, want string }{
		{"", "X-Forwarded-For", "198.51.100.7", "198.51.100.7"},
		{"X-Forwarded-For", "X-Forwarded-For", "6.6.6.6, 198.51.100.7, 10.1.1.1", "198.51.100.7"},
		{"X-Forwarded-For", "X-Real-Ip", "198.51.100.7", "10.0.0.1"}, // another header is not believed
		{"X-Real-IP", "X-Real-Ip", "198.51.100.7", "198.51.100.7"},
		{"X-Real-IP", "X-Forwarded-For", "198.51.100.7", "10.0.0.1"},
		{"Forwarded", "Forwarded", `for=6.6.6.6, for="[2001:db8::7]:4711";proto=https`, "2001:db8::7"},
		{"Forwarded", "Forwarded", "proto=https;For=198.51.100.7:80", "198.51.100.7"},
		{"Forwarded", "Forwarded", "for=_hidden", "10.0.0.1"},
		{"Forwarded", "Forwarded", "for=unknown, for=198.51.100.7, for=10.9.9.9", "198.51.100.7"},
	} {
		f := NewFront(FrontOptions{Proxies: trusted, ProxyHeader: c.header})
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = "10.0.0.1:1"
		r.Header.Set(c.name, c.value)
		if got := f.originOf(r).remote(); got != c.want {
			t.Errorf("%s, %s: %s: from %s, want %s", c.header, c.name, c.value, got, c.want)
		}
	}
}
