package webdav_test

import (
	"encoding/xml"
	"os"
	"strings"
	"sync"
	"testing"

	"portico/backend/access"
	"portico/backend/protocol/protocoltest"
	"portico/backend/protocol/web"
	"portico/backend/share"
	"portico/backend/vfs/vfstest"
)

// TestLinks: who holds a link sees what it shares and nothing else, whatever the program.
func TestLinks(t *testing.T) {
	h := newHouse(t)
	h.Lay("/files/d/a.txt", []byte("a"))
	h.Lay("/files/d/b.txt", []byte("b"))
	folder := "/s/" + h.Share(share.NewShare{Path: "/files/d", Password: "open sesame"}) + "/"
	h.do("PROPFIND", folder, "Depth: 1").want(t, 401).head(t, "WWW-Authenticate", `Basic realm="Portico share", charset="UTF-8"`)
	signed := "Authorization: Basic eDpvcGVuIHNlc2FtZQ==" // x:open sesame
	h.do("PROPFIND", folder, "Depth: 1", signed).want(t, 207, "<D:href>"+folder+"a.txt</D:href>", "<D:href>"+folder+"</D:href>", "!/files/d")
	h.do("PROPFIND", folder+"../private/", "Depth: 1", signed).want(t, 404)
	h.do("LOCK", folder+"a.txt", signed, exclusive).want(t, 403)
	h.do("PROPPATCH", folder+"a.txt", signed, `><propertyupdate xmlns="DAV:"><set><prop><x xmlns="x:"/></prop></set></propertyupdate>`).want(t, 403)
	some := "/s/" + h.Share(share.NewShare{Path: "/files/d", Items: access.Select([]string{"a.txt"}, nil)}) + "/"
	h.do("PROPFIND", some, "Depth: infinity").want(t, 207, "<D:href>"+some+"a.txt</D:href>", "!b.txt")
	h.do("PROPFIND", some+"b.txt", "Depth: 0").want(t, 404)
	h.do("PROPFIND", "/s/aaaaaaaa/", "Depth: 0").want(t, 404)
}

// TestHomes: below /dav/ is the home of whoever comes, and nothing above it.
func TestHomes(t *testing.T) {
	h := litmusHouse(t)
	h.Lay("/secret.txt", []byte("SECRET"))
	h.Lay("/home/alice/mine.txt", []byte("mine"))
	h.do("PROPFIND", "/dav/", "@alice", "Depth: 1").want(t, 207, "<D:href>/dav/mine.txt</D:href>", "!secret", "!home")
	h.do("GET", "/dav/mine.txt", "@alice").want(t, 200, "mine")
	for _, path := range []string{"/dav/../secret.txt", "/dav/..%2fsecret.txt", "/dav//../../secret.txt", "/dav/secret.txt"} {
		h.do("GET", path, "@alice").want(t, 404, "!SECRET")
		h.do("PROPFIND", path, "@alice", "Depth: 0").want(t, 404)
	}
	h.do("COPY", "/dav/mine.txt", "@alice", "Destination: /secret.txt").want(t, 409)
	h.do("PUT", "/dav/new.txt", "@alice", ">new").want(t, 201).head(t, "Location", "/dav/new.txt")
	h.holdsFile(t, "/home/alice/new.txt", "new")
	h.do("PROPFIND", "/home/alice/", "@alice", "Depth: 1").want(t, 207, "<D:href>/home/alice/new.txt</D:href>")
	h.do("DAVE", "/david/", "@alice").want(t, 405)
	// Guests may look at the root here, so nobody is asked; their home is that root.
	h.do("GET", "/dav/secret.txt").want(t, 200, "SECRET")
}

// TestOneName: what a network drive sends has the name that it asked for, or none.
func TestOneName(t *testing.T) {
	core := protocoltest.NewHouse(t, access.Grant{Path: "/files/add", Who: protocoltest.Person(protocoltest.Bob), Rights: vfstest.Rights("rw")})
	h := serve(t, core, web.FrontOptions{Tree: core.Tree, Accounts: core.Accounts, Shares: core.Shares})
	h.Lay("/files/add/a", []byte("theirs"))
	h.do("PUT", "/dav/files/add/a", "@bob", ">mine").want(t, 403)
	h.do("PUT", "/files/add/a", "@bob", "User-Agent: davfs2/1.6.1 neon/0.32.4", ">mine").want(t, 403)
	h.do("PUT", "/dav/files/add/new/b", "@bob", ">mine").want(t, 409)
	h.do("PUT", "/dav/files/add/b", "@bob", ">mine").want(t, 201)
	if got := strings.Join(h.Names("/files/add"), " "); got != "a b" {
		t.Errorf("on disk: %s", got)
	}
	h.do("PUT", "/files/add/a", "@bob", "User-Agent: Microsoft Office Word 2014", "Translate: f", ">mine").want(t, 403)
	h.do("PUT", "/files/add/a", "@bob", ">mine").want(t, 201).head(t, "Location", "/files/add/a%20%282%29")
}

// TestOddNames: a name that is no text does not spoil the list for everybody.
func TestOddNames(t *testing.T) {
	h := newHouse(t)
	for _, name := range []string{"bad\xff\xfe", "line\nbreak", "bell\a", "\uffff", "a&b<c>\"d'"} {
		if err := os.WriteFile(h.Path("/files/"+name), nil, 0o644); err != nil {
			t.Skip("this disk holds text only")
		}
	}
	a := h.do("PROPFIND", "/dav/files/", "@alice", "Depth: 1").want(t, 207, "bad\ufffd\ufffd</D:displayname>", "/dav/files/bad%FF%FE</D:href>", "a&amp;b&lt;c&gt;")
	var m multistatus
	if err := xml.Unmarshal([]byte(a.body), &m); err != nil || len(m.Responses) != 1+2+5 {
		t.Errorf("%d entries: %v", len(m.Responses), err)
	}
	h.do("PROPFIND", "/dav/files/bad%FF%FE", "@alice", "Depth: 0").want(t, 207)
	h.do("DELETE", "/dav/files/bad%FF%FE", "@alice").want(t, 200)
}

// TestAsksApart: everybody is answered what they asked, also while others ask something else.
func TestAsksApart(t *testing.T) {
	h := newHouse(t)
	h.Lay("/files/a", []byte("a"))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 20 {
				one, other := "getetag", "getlastmodified"
				if i%2 == 0 {
					one, other = other, one
				}
				h.do("PROPFIND", "/dav/files/a", "@alice", "Depth: 0", `><propfind xmlns="DAV:"><prop><`+one+`/></prop></propfind>`).want(t, 207, "<D:"+one+">", "!"+other)
			}
		})
	}
	all.Wait()
	h.do("PROPFIND", "/dav/files/a", "@alice", "Depth: 0").want(t, 207, "getetag", "getlastmodified")
}

// TestManyAtOnce: of those who want a free name for themselves one has it, and all may ask on.
func TestManyAtOnce(t *testing.T) {
	h := newHouse(t)
	var all sync.WaitGroup
	var mu sync.Mutex
	got := make(map[int]int)
	for range 8 {
		all.Go(func() {
			a := h.do("LOCK", "/dav/files/one", "@alice", exclusive)
			h.do("PROPFIND", "/dav/files/", "@alice", "Depth: 1").want(t, 207)
			h.do("PROPPATCH", "/dav/files/inbox/", "@alice", `><propertyupdate xmlns="DAV:"><set><prop><x xmlns="x:">v</x></prop></set></propertyupdate>`).want(t, 207, "200 OK")
			mu.Lock()
			defer mu.Unlock()
			got[a.StatusCode]++
		})
	}
	all.Wait()
	if got[201] != 1 || got[423] != 7 {
		t.Errorf("%v", got)
	}
	if n := strings.Count(h.do("PROPFIND", "/dav/files/one", "@alice", "Depth: 0").body, "<D:activelock>"); n != 1 {
		t.Errorf("%d locks", n)
	}
}

// TestForgetfulGuests: a program without cookies fills what it has laid or locked in a folder to which
// guests may only add, and nobody else does.
func TestForgetfulGuests(t *testing.T) {
	core := protocoltest.NewHouse(t, access.Grant{Path: "/files/inbox", Who: vfstest.Everyone(), Rights: vfstest.Rights("w")})
	h := serve(t, core, web.FrontOptions{Tree: core.Tree, Accounts: core.Accounts, Shares: core.Shares})
	const dated = `><D:propertyupdate xmlns:D="DAV:"><D:set><D:prop><Win32LastModifiedTime xmlns="urn:schemas-microsoft-com:">Tue, 03 Mar 2020 10:00:01 GMT</Win32LastModifiedTime></D:prop></D:set></D:propertyupdate>`
	// As davfs2 and Office do it.
	shown := "If: (<" + h.do("LOCK", "/files/inbox/a", exclusive).want(t, 201).lockToken(t) + ">)"
	h.do("PUT", "/files/inbox/a", ">theirs").want(t, 423)
	h.do("PUT", "/files/inbox/a", shown, ">locked").want(t, 204)
	h.do("PROPFIND", "/files/inbox/a", "Depth: 0").want(t, 404)
	h.do("PROPFIND", "/files/inbox/a", "Depth: 0", shown).want(t, 207, "<D:getcontentlength>6</D:getcontentlength>")
	h.do("UNLOCK", "/files/inbox/a", "Lock-Token: "+strings.Trim(shown, "If: ()")).want(t, 204)
	// As Explorer does it.
	h.do("PUT", "/files/inbox/b").want(t, 201)
	tok := h.do("LOCK", "/files/inbox/b", exclusive).want(t, 200).lockToken(t)
	shown = "If: (<" + tok + ">)"
	h.do("PROPPATCH", "/files/inbox/b", shown, dated).want(t, 207, "200 OK")
	h.do("HEAD", "/files/inbox/b").want(t, 200)
	h.do("PUT", "/files/inbox/b", shown, ">filled").want(t, 204)
	h.do("PROPPATCH", "/files/inbox/b", shown, dated).want(t, 207, "200 OK")
	h.do("UNLOCK", "/files/inbox/b", "Lock-Token: <"+tok+">").want(t, 204)
	h.do("PUT", "/files/inbox/b", ">theirs").want(t, 201).head(t, "Location", "/files/inbox/b%20%282%29")
	h.holdsFile(t, "/files/inbox/a", "locked")
	h.holdsFile(t, "/files/inbox/b", "filled")
	if got := strings.Join(h.Names("/files/inbox"), " "); got != "a b b (2)" {
		t.Errorf("on disk: %s", got)
	}
}

// TestDepths: what Office adds to Depth is understood, and a folder is deleted wholly or not at all.
func TestDepths(t *testing.T) {
	h := newHouse(t)
	h.Lay("/files/d/e/f", []byte("f"))
	h.do("PROPFIND", "/dav/files/d/", "@alice", "Depth: 1,noroot").want(t, 207, "<D:href>/dav/files/d/e/</D:href>", "!<D:href>/dav/files/d/</D:href>", "!/f<")
	h.do("PROPFIND", "/dav/files/d/", "@alice", "Depth: infinity, noroot").want(t, 207, "/d/e/f</D:href>", "!<D:href>/dav/files/d/</D:href>")
	h.do("PROPFIND", "/dav/files/d/e/f", "@alice", "Depth: 1,noroot").want(t, 207, "!<D:response>")
	for _, depth := range []string{"2", "0,noroot", "1,nor", "1,", ",noroot", "-1", "1;noroot"} {
		h.do("PROPFIND", "/dav/files/d/", "@alice", "Depth: "+depth).want(t, 400)
	}
	for _, depth := range []string{"0", "1", "1,noroot"} {
		h.do("DELETE", "/dav/files/d/", "@alice", "Depth: "+depth).want(t, 400)
	}
	h.do("DELETE", "/dav/files/d/e/f", "@alice", "Depth: 0").want(t, 200)
	h.do("DELETE", "/dav/files/d", "@alice", "Depth: Infinity").want(t, 200)
	h.do("DELETE", "/dav/files/d", "@alice", "Depth: 0").want(t, 404)
}

// TestRoom: what is free is told where something can be put, also above the volumes, and not to strangers.
func TestRoom(t *testing.T) {
	h := newHouse(t)
	const ask = `><propfind xmlns="DAV:"><prop><quota-available-bytes/><quota-used-bytes/></prop></propfind>`
	for _, at := range []string{"/dav/", "/dav/files/", "/", "/files/private/"} {
		h.do("PROPFIND", at, "@alice", "Depth: 0", ask).want(t, 207, "<D:quota-available-bytes>", "<D:quota-used-bytes>", "!404 Not Found")
	}
	h.do("PROPFIND", "/files/", "Depth: 0", ask).want(t, 207, "<D:quota-available-bytes/>", "404 Not Found")
	h.do("PROPFIND", "/", "Depth: 0", ask).want(t, 207, "<D:quota-available-bytes/>", "404 Not Found")
}
