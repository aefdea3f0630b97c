package webdav_test

import (
	"encoding/xml"
	"strings"
	"testing"
)

// refusal is how RFC 4918, 14.5 and 16, wants it told.
type refusal struct {
	XMLName   xml.Name  `xml:"DAV: error"`
	Submitted []string  `xml:"DAV: lock-token-submitted>href"`
	Conflict  []string  `xml:"DAV: no-conflicting-lock>href"`
	Quota     *struct{} `xml:"DAV: quota-not-exceeded"`
	Words     string    `xml:"DAV: responsedescription"`
}

// refused reads one.
func (a *answer) refused(t *testing.T) (r refusal) {
	t.Helper()
	if got := a.Header.Get("Content-Type"); got != "application/xml; charset=utf-8" {
		t.Errorf("%s: content type %q", a.Request.Method, got)
	}
	if err := xml.Unmarshal([]byte(a.body), &r); err != nil || r.Words == "" {
		t.Errorf("%s: %v in %s", a.Request.Method, err, a.body)
	}
	return r
}

// TestRefusals: whatever the method, programs learn which lock or which bound is in the way, and where the
// lock hangs; people read a sentence.
func TestRefusals(t *testing.T) {
	h := newHouse(t)
	h.Lay("/files/d/ü &", []byte("a"))
	h.Lay("/files/b", []byte("b"))
	h.do("LOCK", "/dav/files/d/%C3%BC%20&", "@alice", exclusive).want(t, 200)
	for _, c := range [][]string{
		{"PUT", "/dav/files/d/%C3%BC%20&", ">x"},
		{"DELETE", "/dav/files/d/%C3%BC%20&"},
		{"DELETE", "/dav/files/d/"},
		{"MOVE", "/dav/files/d/", "Destination: /dav/files/e/"},
		{"COPY", "/dav/files/b", "Destination: /dav/files/d/%C3%BC%20&"},
		{"MOVE", "/dav/files/b", "Destination: /dav/files/d/%C3%BC%20&"},
		{"PROPPATCH", "/dav/files/d/%C3%BC%20&", `><D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><x/></D:prop></D:set></D:propertyupdate>`},
	} {
		r := h.do(c[0], c[1], append(c[2:], "@alice")...).want(t, 423).refused(t)
		if len(r.Submitted) != 1 || r.Submitted[0] != "/dav/files/d/%C3%BC%20%26" && r.Submitted[0] != "/dav/files/d/%C3%BC%20&" {
			t.Errorf("%s %s: locked at %q", c[0], c[1], r.Submitted)
		}
		if !strings.Contains(r.Words, "[FS-LOCK-01]") {
			t.Errorf("%s %s: %q", c[0], c[1], r.Words)
		}
	}
	// In the tree of the request, also where the lock was taken in another.
	if r := h.do("PUT", "/files/d/%C3%BC%20&", "@alice", ">x").want(t, 423).refused(t); len(r.Submitted) != 1 || strings.HasPrefix(r.Submitted[0], "/dav") {
		t.Errorf("locked at %q", r.Submitted)
	}
	// A folder's lock is named, and not what was asked below it.
	h.do("LOCK", "/dav/files/f/", "@alice", exclusive).want(t, 409)
	h.do("MKCOL", "/dav/files/f/", "@alice").want(t, 201)
	h.do("LOCK", "/dav/files/f/", "@alice", exclusive).want(t, 200)
	for _, c := range [][]string{{"PUT", "/dav/files/f/new", ">x"}, {"MKCOL", "/dav/files/f/g/"}} {
		if r := h.do(c[0], c[1], append(c[2:], "@alice")...).want(t, 423).refused(t); len(r.Submitted) != 1 || strings.TrimSuffix(r.Submitted[0], "/") != "/dav/files/f" {
			t.Errorf("%s: locked at %q", c[0], r.Submitted)
		}
	}
	if r := h.do("LOCK", "/dav/files/f/new", "@alice", exclusive).want(t, 423).refused(t); len(r.Conflict) != 1 || strings.TrimSuffix(r.Conflict[0], "/") != "/dav/files/f" {
		t.Errorf("in conflict with %q", r.Conflict)
	}

	if r := h.do("PUT", "/dav/small/large", "@alice", ">"+strings.Repeat("x", 2<<20)).want(t, 507).refused(t); r.Quota == nil || !strings.Contains(r.Words, "quota") {
		t.Errorf("%+v", r)
	}

	// What a person reads.
	page := h.do("PUT", "/files/b", "@alice", "Accept: text/html", "User-Agent: Mozilla/5.0", ">b")
	page.want(t, 204)
	h.do("PUT", "/files/f/new", "@alice", "Accept: text/html", "User-Agent: Mozilla/5.0", ">x").want(t, 423, "<!doctype html>")
	h.do("PUT", "/files/f/new", "@alice", "Accept: application/json", ">x").want(t, 423, `"code":"FS-LOCK-01"`)
	if a := h.do("PUT", "/files/f/new", "@alice", "User-Agent: curl/8.0", ">x").want(t, 423, "Try again when it is released. [FS-LOCK-01]", "!<D:"); !strings.HasPrefix(a.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("curl is told in %s", a.Header.Get("Content-Type"))
	}
}
