package webdav_test

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
	"portico/backend/protocol/web"
)

func nested(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }

// TestHostileXML: what is not plain, bounded, well-formed XML with its namespaces bound is refused, and
// nothing is read for it.
func TestHostileXML(t *testing.T) {
	h := newHouse(t)
	h.Lay("/files/a", []byte("SECRET"))
	secret := h.Path("/files/a")
	find := func(inside string) string {
		return `><?xml version="1.0"?>` + `<propfind xmlns="DAV:">` + inside + `</propfind>`
	}
	bomb := `><?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><propfind xmlns="DAV:"><prop><x>&b;</x></prop></propfind>`
	external := `><?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file://` + secret + `">]><propertyupdate xmlns="DAV:"><set><prop><x xmlns="x:">&a;</x></prop></set></propertyupdate>`
	for name, c := range map[string]struct {
		method, body string
		status       int
	}{
		"bomb":                  {"PROPFIND", bomb, 400},
		"external entity":       {"PROPPATCH", external, 400},
		"external entity, lock": {"LOCK", strings.Replace(external, "propertyupdate", "lockinfo", 2), 400},
		"unknown entity":        {"PROPFIND", find("<prop><x>&e;</x></prop>"), 400},
		"unbound prefix":        {"PROPFIND", find("<prop><q:x/></prop>"), 400},
		"prefix unbound":        {"PROPFIND", find(`<prop><q:x xmlns:q=""/></prop>`), 400},
		"unbound in PROPPATCH":  {"PROPPATCH", `><propertyupdate xmlns="DAV:"><set><prop><x xmlns=""><q:y/></x></prop></set></propertyupdate>`, 400},
		"attribute unbound":     {"PROPFIND", find(`<prop q:a="1"/>`), 400},
		"not closed":            {"PROPFIND", "><propfind xmlns=\"DAV:\"><prop>", 400},
		"closed twice":          {"PROPFIND", "><propfind xmlns=\"DAV:\"><allprop/></propfind></propfind>", 400},
		"two roots":             {"PROPFIND", "><propfind xmlns=\"DAV:\"><allprop/></propfind><propfind xmlns=\"DAV:\"><allprop/></propfind>", 400},
		"deep":                  {"PROPFIND", find("<prop>" + nested(500) + "</prop>"), 400},
		"deep in PROPPATCH":     {"PROPPATCH", `><propertyupdate xmlns="DAV:"><set><prop>` + nested(5000) + `</prop></set></propertyupdate>`, 400},
		"wide":                  {"PROPFIND", find("<prop>" + strings.Repeat("<a/>", 15_000) + "</prop>"), 400},
		"large":                 {"PROPFIND", find("<prop>" + strings.Repeat(" ", 70<<10) + "</prop>"), 413},
		"large PROPPATCH":       {"PROPPATCH", `><propertyupdate xmlns="DAV:"><set><prop><x>` + strings.Repeat("x", 600<<10) + `</x></prop></set></propertyupdate>`, 413},
		"another charset":       {"PROPFIND", `><?xml version="1.0" encoding="utf-7"?><propfind xmlns="DAV:"><allprop/></propfind>`, 400},
		"garbage":               {"PROPFIND", ">\x00\xff\xfe<", 400},
		"both questions":        {"PROPFIND", find("<allprop/><prop/>"), 400},
		"no question":           {"PROPFIND", find(""), 400},
		"remove with a value":   {"PROPPATCH", `><propertyupdate xmlns="DAV:"><remove><prop><x xmlns="x:">v</x></prop></remove></propertyupdate>`, 400},
		"no update":             {"PROPPATCH", `><x xmlns="DAV:"/>`, 400},
		"empty update":          {"PROPPATCH", ">", 400},
		"no lock":               {"LOCK", `><lockinfo xmlns="DAV:"/>`, 400},
		"lock for reading":      {"LOCK", `><lockinfo xmlns="DAV:"><lockscope><exclusive/></lockscope><locktype><read/></locktype></lockinfo>`, 422},
		"live":                  {"PROPPATCH", `><propertyupdate xmlns="DAV:"><set><prop><getetag>x</getetag></prop></set></propertyupdate>`, 207},
	} {
		a := h.do(c.method, "/dav/files/a", "@alice", "Depth: 0", c.body).want(t, c.status, "!SECRET")
		if name == "live" {
			a.want(t, 207, "403 Forbidden", "cannot-modify-protected-property")
		}
		told := h.away.Swap(0)
		if attack := slices.Contains([]string{"bomb", "external entity", "external entity, lock", "deep", "deep in PROPPATCH", "wide"}, name); attack != (told == 1) {
			t.Errorf("told of %d times", told)
		}
		if t.Failed() {
			t.Fatalf("%s", name)
		}
	}
	h.do("PROPFIND", "/dav/files/a", "@alice", "Depth: 0").want(t, 207, "!<x", "!activelock")
}

// TestValuesStandByThemselves: what was hung on a name comes back as it was meant, and cannot break out.
func TestValuesStandByThemselves(t *testing.T) {
	h := newHouse(t)
	h.Lay("/files/a", nil)
	h.do("PROPPATCH", "/dav/files/a", "@alice", `><propertyupdate xmlns="DAV:" xmlns:q="q:&quot;&lt;"><set><prop><q:x xml:lang="de"><q:y z="1">a&lt;/q:x&gt;</q:y></q:x></prop></set></propertyupdate>`).want(t, 207, "200 OK")
	h.do("PROPFIND", "/dav/files/a", "@alice", "Depth: 0", `><propfind xmlns="DAV:"><prop><x xmlns="q:&quot;&lt;"/><n xmlns="&lt;none&gt;"/></prop></propfind>`).
		want(t, 207, `xml:lang="de"`, "a&lt;/", `<n xmlns="&lt;none&gt;"/>`, "!<none>")
	owner := `><lockinfo xmlns="DAV:"><lockscope><shared/></lockscope><locktype><write/></locktype><owner><x xmlns="o:">&lt;b&gt;</x></owner></lockinfo>`
	h.do("LOCK", "/dav/files/a", "@alice", owner).want(t, 200, `<x xmlns="o:">&lt;b&gt;</x>`, "<D:shared/>")
	// Somebody else sees that it is locked, and by what, but gets no token to write with.
	h.do("PROPFIND", "/files/a", "@bob", "Depth: 0").want(t, 207, "<D:activelock>", "!urn:portico:lock")
}

// TestEverythingIsBounded: a PROPFIND without end ends.
func TestEverythingIsBounded(t *testing.T) {
	h := newHouse(t)
	for d := range 3 {
		for i := range 50 {
			h.Lay(fmt.Sprintf("/files/tree/%d/%d", d, i), nil)
		}
	}
	if err := os.Symlink("..", h.Path("/files/tree/0/loop")); err != nil {
		t.Skip("no symbolic links here")
	}
	a := h.do("PROPFIND", "/dav/files/tree", "@alice", "Depth: infinity").want(t, 207)
	if n := strings.Count(a.body, "<D:response>"); n != 1+3+150+1 {
		t.Errorf("%d entries", n)
	}
	if err := os.Mkdir(h.Path("/files/tree/many"), 0o755); err != nil {
		t.Fatal(err)
	}
	for i := range 10_001 {
		h.Lay(fmt.Sprintf("/files/tree/many/%d", i), nil)
	}
	h.do("PROPFIND", "/dav/files/tree", "@alice").want(t, 403, "<D:propfind-finite-depth/>")
	h.do("PROPFIND", "/dav/files/tree", "@alice", "Depth: 2").want(t, 400)
	if n := strings.Count(h.do("PROPFIND", "/dav/files/tree/many", "@alice", "Depth: 1").want(t, 207).body, "<D:response>"); n != 10_002 {
		t.Errorf("%d entries", n)
	}
}

// TestDestination: only this server, and only what is meant.
func TestDestination(t *testing.T) {
	h := newHouse(t)
	h.Lay("/files/a", []byte("a"))
	host := strings.TrimPrefix(h.url, "http://")
	for to, status := range map[string]int{
		"": 400, "http://elsewhere.example/dav/files/b": 502, "//elsewhere.example/dav/files/b": 502, "ftp://" + host + "/dav/files/b": 502,
		"b": 400, "http:///dav/files/b": 400, h.url + "/dav/files/b?x": 400, h.url + "/dav/files/b#x": 400, "http://u@" + host + "/dav/files/b": 400,
		"%zz": 400, "/dav/../../etc/passwd": 403, "/dav/files/none/b": 409, "/dav/files/a": 403, "/files/b": 409, "/dav/files": 409, "/dav": 403,
	} {
		h.do("COPY", "/dav/files/a", "@alice", "Destination: "+to).want(t, status)
	}
	if got := strings.Join(h.Names("/files"), " "); got != "a inbox/ private/" {
		t.Errorf("on disk: %s", got)
	}
	h.do("COPY", "/dav/files/a", "@alice", "Destination: /dav/files/b%2520c").want(t, 201).head(t, "Location", "/dav/files/b%2520c")
	h.do("MOVE", "/dav/files/b%2520c", "@alice", "Destination: https://"+host+"/dav/files/c").want(t, 201)
	h.do("COPY", "/dav/files/a", "@alice", "Destination: /dav/files/c", "Overwrite: F").want(t, 412)
	h.do("COPY", "/dav/files/a", "@alice", "Destination: /dav/files/c", "Overwrite: x").want(t, 400)
	h.do("COPY", "/dav/files/a", "@alice", "Destination: /dav/files/c").want(t, 204)
	h.do("MOVE", "/dav/files/c", "@bob", "Destination: /dav/files/d").want(t, 403)
}

// TestPrefix: hrefs are as the client says them, also behind a proxy that takes something off the path.
func TestPrefix(t *testing.T) {
	core := protocoltest.NewHouse(t)
	h := serve(t, core, web.FrontOptions{Tree: core.Tree, Accounts: core.Accounts, Shares: core.Shares, Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	h.Lay("/files/a b", []byte("a"))
	proxied := []string{"@alice", "X-Forwarded-Prefix: /my%20files/", "X-Forwarded-Host: files.example", "X-Forwarded-Proto: https", "X-Forwarded-For: 203.0.113.9"}
	with := func(more ...string) []string { return append(append([]string{}, proxied...), more...) }
	h.do("PROPFIND", "/dav/files/", with("Depth: 1")...).want(t, 207, "<D:href>/my%20files/dav/files/a%20b</D:href>", "<D:href>/my%20files/dav/files/</D:href>")
	h.do("MOVE", "/dav/files/a%20b", with("Destination: https://files.example/my%20files/dav/files/c")...).want(t, 201).head(t, "Location", "/my%20files/dav/files/c")
	h.do("MOVE", "/dav/files/c", with("Destination: https://files.example/dav/files/d")...).want(t, 502)
	h.do("MOVE", "/dav/files/c", with("Destination: https://files.example/my%20filesdav/files/d")...).want(t, 502)
	h.do("LOCK", "/dav/files/c", with(exclusive)...).want(t, 200, "<D:lockroot><D:href>/my%20files/dav/files/c</D:href>")
	h.do("PROPFIND", "/dav/files/", "@alice", "X-Forwarded-Prefix: //evil.example/", "Depth: 0").want(t, 207, "<D:href>/dav/files/</D:href>")
	// From nobody else.
	other := newHouse(t)
	other.do("PROPFIND", "/files/", "@alice", "X-Forwarded-Prefix: /my", "Depth: 0").want(t, 207, "<D:href>/files/</D:href>")
}
