package webdav_test

import (
	"strconv"
	"strings"
	"testing"
)

// What Finder's file system (WebDAVFS) asks for.
const (
	finder      = "User-Agent: WebDAVFS/3.0.0 (03008000) Darwin/23.5.0 (x86_64)"
	finderStat  = "><?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:propfind xmlns:D=\"DAV:\">\n<D:prop>\n<D:getlastmodified/>\n<D:getcontentlength/>\n<D:creationdate/>\n<D:resourcetype/>\n</D:prop>\n</D:propfind>\n"
	finderList  = "><?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:propfind xmlns:D=\"DAV:\">\n<D:prop xmlns:A=\"http://www.apple.com/webdav_fs/props/\">\n<D:getlastmodified/>\n<D:getcontentlength/>\n<D:creationdate/>\n<D:resourcetype/>\n<A:appledoubleheader/>\n</D:prop>\n</D:propfind>\n"
	finderEmpty = "><?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:propfind xmlns:D=\"DAV:\">\n<D:prop>\n<D:resourcetype/>\n</D:prop>\n</D:propfind>\n"
	finderRoom  = "><?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:propfind xmlns:D=\"DAV:\">\n<D:prop>\n<D:quota-available-bytes/>\n<D:quota-used-bytes/>\n<D:quota/>\n<D:quotaused/>\n</D:prop>\n</D:propfind>\n"
	finderLock  = "><?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:lockinfo xmlns:D=\"DAV:\">\n<D:lockscope><D:exclusive/></D:lockscope>\n<D:locktype><D:write/></D:locktype>\n<D:owner>\n<D:href>http://www.apple.com/webdav_fs/</D:href>\n</D:owner>\n</D:lockinfo>\n"
)

// mac asks as Finder does.
type mac struct {
	*house
	t *testing.T
}

func (m mac) ask(method, path string, more ...string) *answer {
	m.t.Helper()
	return m.do(method, path, append([]string{finder, "Accept: */*", "@alice"}, more...)...)
}

// TestFinder replays what macOS sends, in its order, when it mounts a server, copies a file with a resource
// fork, edits it, and removes a folder.
func TestFinder(t *testing.T) {
	h := newHouse(t)
	m := mac{h, t}
	h.do("OPTIONS", "/dav/", "User-Agent: WebDAVLib/1.3", "Accept: */*").want(t, 200).head(t, "DAV", "1, 2, 3")
	h.do("OPTIONS", "/dav/", finder, "Accept: */*").want(t, 200).head(t, "DAV", "1, 2, 3") // else it only reads
	h.do("PROPFIND", "/dav/", finder, "Content-Type: text/xml", "Depth: 0", finderStat).want(t, 401)
	m.ask("PROPFIND", "/dav/", "Content-Type: text/xml", "Depth: 0", finderStat).want(t, 207, "<D:collection/>")
	for _, at := range []string{"/dav/", "/dav/small/"} { // what is free decides whether it copies
		m.ask("PROPFIND", at, "Content-Type: text/xml", "Depth: 0", finderRoom).want(t, 207, "<D:quota-available-bytes>", "<D:quota-used-bytes>", "404 Not Found", "<D:quota/>")
	}
	m.ask("PROPFIND", "/dav/small/", "Content-Type: text/xml", "Depth: 1", finderList).want(t, 207, `<appledoubleheader xmlns="http://www.apple.com/webdav_fs/props/"/>`)
	for _, name := range []string{"._.", ".hidden", ".DS_Store", ".Spotlight-V100", "mach_kernel", "Backups.backupdb"} {
		m.ask("PROPFIND", "/dav/small/"+name, "Content-Type: text/xml", "Depth: 0", finderStat).want(t, 404)
	}
	photo, fork := "/dav/small/photo.jpg", "/dav/small/._photo.jpg"
	m.absent(photo)
	m.ask("PUT", photo).want(t, 201)
	m.absent(fork)
	held := m.lock(photo)
	m.absent(fork)
	m.ask("PUT", fork).want(t, 201)
	forkHeld := m.lock(fork)
	m.save(photo, held, "the picture")
	m.save(fork, forkHeld, "its resource fork")
	m.unlock(fork, forkHeld)
	m.unlock(photo, held)
	m.ask("PUT", "/dav/small/.DS_Store").want(t, 201)

	// What Finder strews is kept, and shown in no list to who may not see such names.
	m.ask("PROPFIND", "/dav/small/", "Content-Type: text/xml", "Depth: 1", finderList).want(t, 207, "photo.jpg</D:href>", "<D:getcontentlength>11</D:getcontentlength>", "!._photo", "!.DS_Store")
	m.ask("GET", fork).want(t, 200, "its resource fork")
	if got := strings.Join(h.Names("/small"), " "); got != ".DS_Store ._photo.jpg photo.jpg" {
		t.Errorf("on disk: %s", got)
	}

	// Opened to be edited: what it has is looked at again, and a lock that is held long is refreshed.
	held = m.lock(photo)
	dated := m.ask("GET", photo).want(t, 200, "the picture").Header.Get("Last-Modified")
	m.ask("GET", photo, "If-Modified-Since: "+dated).want(t, 304)
	m.ask("LOCK", photo, "Depth: 0", "Timeout: Second-600", "Content-Type: text/xml", "If: (<"+held+">)").want(t, 200, held).head(t, "Lock-Token", "")
	h.do("PUT", photo, "@alice", ">theirs").want(t, 423)
	m.save(photo, held, "a better picture")
	m.ask("MOVE", photo, "Destination: "+h.url+"/dav/small/best.jpg", "If: (<"+held+">)").want(t, 201)
	h.holdsFile(t, "/small/best.jpg", "a better picture")

	m.ask("MKCOL", "/dav/small/folder/").want(t, 201)
	m.ask("MOVE", "/dav/small/best.jpg", "Destination: "+h.url+"/dav/small/folder/best.jpg").want(t, 201)
	m.ask("PROPFIND", "/dav/small/folder/", "Content-Type: text/xml", "Depth: 1", finderEmpty).want(t, 207, "best.jpg</D:href>")
	m.ask("DELETE", "/dav/small/folder/best.jpg").want(t, 200)
	m.ask("DELETE", "/dav/small/folder/").want(t, 200)
}

// absent asks for a name that is free.
func (m mac) absent(path string) {
	m.t.Helper()
	m.ask("PROPFIND", path, "Content-Type: text/xml", "Depth: 0", finderStat).want(m.t, 404)
}

func (m mac) lock(path string) string {
	m.t.Helper()
	return m.ask("LOCK", path, "Depth: 0", "Timeout: Second-600", isXML, finderLock).want(m.t, 200, "Second-600", "http://www.apple.com/webdav_fs/").lockToken(m.t)
}

// save sends content in chunks, with its length beside. With a tag in the answer Finder need not ask again.
func (m mac) save(path, held, content string) {
	m.t.Helper()
	length := "X-Expected-Entity-Length: "
	shown := "If: (<" + held + ">)"
	if m.ask("PUT", path, shown, length+strconv.Itoa(len(content)), ">>"+content).want(m.t, 204).Header.Get("ETag") == "" {
		m.t.Error("no tag")
	}
	// What would not fit is refused before it comes, and what is not whole never counts.
	m.ask("PUT", path, shown, length+"2000000000000000", ">>x").want(m.t, 507)
	m.ask("PUT", path, shown, length+strconv.Itoa(len(content)+1), ">>"+content).want(m.t, 422)
	m.ask("PROPFIND", path, "Content-Type: text/xml", "Depth: 0", finderStat).want(m.t, 207, "<D:getcontentlength>"+strconv.Itoa(len(content))+"</D:getcontentlength>")
}

func (m mac) unlock(path, held string) {
	m.t.Helper()
	m.ask("UNLOCK", path, "Lock-Token: <"+held+">").want(m.t, 204)
}
