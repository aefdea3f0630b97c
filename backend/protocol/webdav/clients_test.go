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

// TestExplorer replays what Windows' redirector sends when a drive is mapped and a file is dragged in.
func TestExplorer(t *testing.T) {
	h := newHouse(t)
	const agent = "User-Agent: Microsoft-WebDAV-MiniRedir/10.0.19045"
	// Before anybody signs in.
	h.do("OPTIONS", "/dav/", agent, "Translate: f").want(t, 200).head(t, "MS-Author-Via", "DAV").head(t, "DAV", "1, 2, 3")
	h.do("PROPFIND", "/dav/", agent, "Depth: 0", "Translate: f").want(t, 401).head(t, "WWW-Authenticate", `Basic realm="Portico", charset="UTF-8"`)
	h.do("PROPFIND", "/dav/", agent, "Depth: 0", "Translate: f", "@alice").want(t, 207, "<D:href>/dav/</D:href>", "<D:collection/>")
	h.do("PROPFIND", "/dav/files", agent, "Depth: 1", "@alice").want(t, 207, "<D:href>/dav/files/</D:href>", "<D:href>/dav/files/inbox/</D:href>")
	for _, probe := range []string{"/dav/files/desktop.ini", "/dav/files/folder.jpg", "/dav/files/report%20(1).docx"} {
		h.do("PROPFIND", probe, agent, "Depth: 0", "@alice").want(t, 404)
	}
	file := "/dav/files/report%20(1).docx"
	h.do("PUT", file, agent, "@alice", "Translate: f").want(t, 201)
	l := h.do("LOCK", file, agent, "@alice", "Timeout: Second-3600", "Translate: f", exclusive).want(t, 200, "<D:lockroot><D:href>/dav/files/report%20%281%29.docx</D:href>", "Second-3600", "me &amp; you")
	tok := l.lockToken(t)
	shown := "If: (<" + tok + ">)"
	h.do("PROPPATCH", file, agent, "@alice", shown, `><?xml version="1.0" encoding="utf-8" ?><D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop><Z:Win32CreationTime>Tue, 03 Mar 2020 10:00:00 GMT</Z:Win32CreationTime><Z:Win32LastAccessTime>Tue, 03 Mar 2020 10:00:00 GMT</Z:Win32LastAccessTime><Z:Win32LastModifiedTime>Tue, 03 Mar 2020 10:00:01 GMT</Z:Win32LastModifiedTime><Z:Win32FileAttributes>00000000</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>`).
		want(t, 207, "200 OK", "Win32CreationTime", "Win32FileAttributes")
	h.do("HEAD", file, agent, "@alice", "Translate: f").want(t, 200).head(t, "Last-Modified", "Tue, 03 Mar 2020 10:00:01 GMT")
	h.do("PUT", file, agent, "@alice", ">no token").want(t, 423)
	h.do("PUT", file, agent, "@alice", shown, ">content").want(t, 204)
	h.do("UNLOCK", file, agent, "@alice", "Lock-Token: <"+tok+">").want(t, 204)
	h.do("GET", file, agent, "@alice", "Translate: f").want(t, 200, "content")
	h.do("PROPFIND", file, agent, "Depth: 0", "@alice").want(t, 207, `<Win32FileAttributes xmlns="urn:schemas-microsoft-com:">00000000</Win32FileAttributes>`, "!Win32LastModifiedTime")
	// Folders are dated, too (golang/go#43929).
	h.do("MKCOL", "/dav/files/New%20folder", agent, "@alice").want(t, 201)
	h.do("PROPPATCH", "/dav/files/New%20folder", agent, "@alice", `><D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop><Z:Win32FileAttributes>00000010</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>`).want(t, 207, "200 OK")
	h.do("MOVE", "/dav/files/New%20folder", agent, "@alice", "Destination: "+h.url+"/dav/files/Renamed", "Overwrite: F").want(t, 201)
	h.do("PROPFIND", "/dav/files/Renamed/", agent, "Depth: 0", "@alice").want(t, 207, "00000010")
	h.do("DELETE", file, agent, "@alice").want(t, 200)
}

// TestFinder replays what macOS sends when it mounts a server and copies a file with a resource fork.
func TestFinder(t *testing.T) {
	h := newHouse(t)
	const agent = "User-Agent: WebDAVFS/3.0.0 (03008000) Darwin/23.5.0 (x86_64)"
	h.do("OPTIONS", "/dav/", agent).want(t, 200).head(t, "DAV", "1, 2, 3")
	ask := `><?xml version="1.0" encoding="utf-8"?><D:propfind xmlns:D="DAV:"><D:prop><D:getlastmodified/><D:getcontentlength/><D:creationdate/><D:resourcetype/></D:prop></D:propfind>`
	quota := `><?xml version="1.0" encoding="utf-8"?><D:propfind xmlns:D="DAV:"><D:prop><D:quota-available-bytes/><D:quota-used-bytes/><D:quota/><D:quotaused/></D:prop></D:propfind>`
	h.do("PROPFIND", "/dav/", agent, "Depth: 0", ask).want(t, 401)
	h.do("PROPFIND", "/dav/", agent, "@alice", "Depth: 0", ask).want(t, 207, "<D:collection/>")
	h.do("PROPFIND", "/dav/files/", agent, "@alice", "Depth: 0", quota).want(t, 207, "<D:quota-available-bytes>", "<D:quota-used-bytes>", "404 Not Found", "<D:quota/>")
	for _, name := range []string{"._.", ".hidden", "._photo.jpg", "Contents", "mach_kernel"} {
		h.do("PROPFIND", "/dav/files/"+name, agent, "@alice", "Depth: 0", ask).want(t, 404)
	}
	for _, name := range []string{"photo.jpg", "._photo.jpg", ".DS_Store"} {
		at := "/dav/small/" + name
		h.do("PUT", at, agent, "@alice").want(t, 201)
		tok := h.do("LOCK", at, agent, "@alice", "Depth: 0", "Timeout: Second-600", exclusive).want(t, 200, "Second-600").lockToken(t)
		h.do("PUT", at, agent, "@alice", "If: (<"+tok+">)", "X-Expected-Entity-Length: 5", ">bytes").want(t, 204)
		h.do("LOCK", at, agent, "@alice", "If: (<"+tok+">)", "Timeout: Second-600").want(t, 200, "<D:locktoken>").head(t, "Lock-Token", "")
		h.do("PROPFIND", at, agent, "@alice", "Depth: 0", ask).want(t, 207, "<D:getcontentlength>5</D:getcontentlength>")
		h.do("UNLOCK", at, agent, "@alice", "Lock-Token: <"+tok+">").want(t, 204)
	}
	// What Finder strews is kept, and shown in no list to who may not see such names.
	h.do("PROPFIND", "/dav/small/", agent, "@alice", "Depth: 1", ask).want(t, 207, "photo.jpg</D:href>", "!._photo", "!.DS_Store")
	h.do("GET", "/dav/small/._photo.jpg", agent, "@alice").want(t, 200, "bytes")
	if got := strings.Join(h.Names("/small"), " "); got != ".DS_Store ._photo.jpg photo.jpg" {
		t.Errorf("on disk: %s", got)
	}
}

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
