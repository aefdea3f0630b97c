package webdav_test

import (
	"regexp"
	"strings"
	"testing"

	"portico/backend/access"
)

var token = regexp.MustCompile(`<(urn:[^>]+)>`)

// lockToken is the token of a lock that was just taken.
func (a *answer) lockToken(t *testing.T) string {
	t.Helper()
	m := token.FindStringSubmatch(a.Header.Get("Lock-Token"))
	if m == nil {
		t.Fatalf("no token in %q: %s", a.Header.Get("Lock-Token"), a.body)
	}
	return m[1]
}

const exclusive = `><?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner><D:href>me &amp; you</D:href></D:owner></D:lockinfo>`

// TestGuests: a guest is asked to sign in where that could help, and let in where guests may look.
func TestGuests(t *testing.T) {
	h := newHouse(t)
	h.do("PROPFIND", "/dav/", "Depth: 0").want(t, 401)
	h.do("PROPFIND", "/dav/files/", "Depth: 0").want(t, 401)
	h.do("PROPFIND", "/files/", "Depth: 1").want(t, 207, "!private")
	h.do("PROPFIND", "/files/private/", "Depth: 1").want(t, 401)
	h.do("PROPPATCH", "/files/inbox/", `><D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><x/></D:prop></D:set></D:propertyupdate>`).want(t, 401)
	h.do("LOCK", "/files/new", exclusive).want(t, 401)
	h.do("LOCK", "/files/new", "@bob", exclusive).want(t, 403)
	h.Regrant(func(g access.Grant) bool { return g.Path == "/small" })
	h.do("PROPFIND", "/", "Depth: 0").want(t, 401)
	h.do("PROPFIND", "/", "Depth: 0", "@alice").want(t, 207)
	a := h.do("PROPFIND", "/", "Depth: 0", "User-Agent: Mozilla/5.0").want(t, 401)
	if a.Header.Get("WWW-Authenticate") != "" {
		t.Error("a browser is shown its own window")
	}
}

// TestSwitch: closed, the tree goes on without what is WebDAV's own; locks that are held stay.
func TestSwitch(t *testing.T) {
	h := newHouse(t)
	h.Lay("/files/a", []byte("a"))
	h.do("LOCK", "/dav/files/a", "@alice", exclusive).want(t, 200)
	if err := h.dav.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"PROPFIND", "PROPPATCH", "LOCK", "UNLOCK"} {
		a := h.do(method, "/files/a", "@alice").want(t, 405)
		if strings.Contains(a.Header.Get("Allow"), "PROPFIND") {
			t.Errorf("Allow: %s", a.Header.Get("Allow"))
		}
	}
	h.do("OPTIONS", "/files/", "@alice").want(t, 200).head(t, "DAV", "").head(t, "MS-Author-Via", "")
	h.do("GET", "/dav/files/a", "@alice").want(t, 404)
	h.do("GET", "/files/a", "@alice").want(t, 200, "a")
	h.do("PUT", "/files/a", "@alice", ">b").want(t, 423)
	h.do("MKCOL", "/files/new", "@alice").want(t, 201)
	if err := h.dav.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.do("PROPFIND", "/files/a", "@alice", "Depth: 0").want(t, 207, "<D:activelock>")
}

// TestTimeouts of locks.
func TestTimeouts(t *testing.T) {
	h := newHouse(t)
	for wish, want := range map[string]string{"": "Second-3600", "Infinite": "Second-3600", "Second-60": "Second-60", "Infinite, Second-4100000000": "Second-3600",
		"Second-x, Second-30": "Second-30", "Second-99999999999999999999": "Second-3600", "Second-0": "Second-3600"} {
		h.Lay("/files/a", nil)
		tok := h.do("LOCK", "/dav/files/a", "@alice", "Timeout: "+wish, exclusive).want(t, 200, want).lockToken(t)
		h.do("UNLOCK", "/dav/files/a", "@alice", "Lock-Token: <"+tok+">").want(t, 204)
	}
}
