package webdav_test

import "testing"

const (
	redirector = "User-Agent: Microsoft-WebDAV-MiniRedir/10.0.19045"
	word       = "User-Agent: Microsoft Office Word 2014"
	fresh      = "Cache-Control: no-cache"
	isXML      = `Content-Type: text/xml; charset="utf-8"`

	win32Lock  = `><?xml version="1.0" encoding="utf-8" ?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner><D:href>STUDIO\alice &amp; co</D:href></D:owner></D:lockinfo>`
	win32Times = `><?xml version="1.0" encoding="utf-8" ?><D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop><Z:Win32CreationTime>Tue, 03 Mar 2020 10:00:00 GMT</Z:Win32CreationTime><Z:Win32LastAccessTime>Tue, 03 Mar 2020 10:00:02 GMT</Z:Win32LastAccessTime><Z:Win32LastModifiedTime>Tue, 03 Mar 2020 10:00:01 GMT</Z:Win32LastModifiedTime><Z:Win32FileAttributes>00000020</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>`
	win32After = `><?xml version="1.0" encoding="utf-8" ?><D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop><Z:Win32LastModifiedTime>Tue, 03 Mar 2020 10:00:01 GMT</Z:Win32LastModifiedTime><Z:Win32FileAttributes>00000020</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>`
	win32Kind  = `><?xml version="1.0" encoding="utf-8" ?><D:propertyupdate xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:set><D:prop><Z:Win32FileAttributes>00000010</Z:Win32FileAttributes></D:prop></D:set></D:propertyupdate>`
)

// TestExplorer replays what Windows' redirector sends, in its order, when a drive is mapped, a file is
// dragged in, edited, renamed and removed. Its reading of Win32 times decides whether a copy counts.
func TestExplorer(t *testing.T) {
	h := newHouse(t)
	do := func(method, path string, more ...string) *answer {
		t.Helper()
		return h.do(method, path, append([]string{redirector, "Translate: f", "Connection: Keep-Alive"}, more...)...)
	}
	// Before anybody signs in it asks the root of the server, wherever the drive is.
	do("OPTIONS", "/").want(t, 200).head(t, "MS-Author-Via", "DAV").head(t, "DAV", "1, 2, 3")
	do("PROPFIND", "/dav", "Depth: 0").want(t, 401).head(t, "WWW-Authenticate", `Basic realm="Portico", charset="UTF-8"`)
	do("PROPFIND", "/dav", "Depth: 0", "@alice").want(t, 207, "<D:href>/dav/</D:href>", "<D:collection/>")
	do("PROPFIND", "/dav/files", "Depth: 1", "@alice").want(t, 207, "<D:href>/dav/files/</D:href>", "<D:href>/dav/files/inbox/</D:href>")
	for _, probe := range []string{"/dav/files/desktop.ini", "/dav/files/folder.jpg", "/dav/files/AutoRun.inf"} {
		do("PROPFIND", probe, "Depth: 0", "@alice").want(t, 404)
	}
	file := "/dav/files/report%20(1).docx"
	do("PROPFIND", file, "Depth: 0", "@alice").want(t, 404)
	do("PUT", file, "@alice").want(t, 201)
	lock := do("LOCK", file, "@alice", fresh, "Pragma: no-cache", isXML, "Timeout: Second-3600", win32Lock).
		want(t, 200, "<D:lockroot><D:href>/dav/files/report%20%281%29.docx</D:href>", "Second-3600", `STUDIO\alice &amp; co`)
	tok := lock.lockToken(t)
	shown := "If: (<" + tok + ">)"
	do("PROPPATCH", file, "@alice", isXML, shown, win32Times).want(t, 207, "200 OK", "Win32CreationTime", "Win32LastAccessTime", "Win32LastModifiedTime", "Win32FileAttributes")
	do("HEAD", file, "@alice").want(t, 200).head(t, "Content-Length", "0").head(t, "Last-Modified", "Tue, 03 Mar 2020 10:00:01 GMT")
	do("PUT", file, "@alice", ">no token").want(t, 423)
	do("PUT", file, "@alice", shown, ">content").want(t, 204)
	do("LOCK", file, "@alice", "Timeout: Second-3600", shown).want(t, 200, tok) // when it takes long
	do("PROPPATCH", file, "@alice", isXML, shown, win32After).want(t, 207, "200 OK")
	do("UNLOCK", file, "@alice", "Lock-Token: <"+tok+">").want(t, 204)
	do("PROPFIND", file, "Depth: 0", "@alice").want(t, 207, "<D:getcontentlength>7</D:getcontentlength>", "<D:getlastmodified>Tue, 03 Mar 2020 10:00:01 GMT</D:getlastmodified>",
		`<Win32FileAttributes xmlns="urn:schemas-microsoft-com:">00000020</Win32FileAttributes>`, "!Win32LastModifiedTime", "!<D:activelock>")
	do("GET", file, "@alice").want(t, 200, "content")
	// Saved in place.
	tok = do("LOCK", file, "@alice", isXML, "Timeout: Second-3600", win32Lock).want(t, 200).lockToken(t)
	shown = "If: (<" + tok + ">)"
	do("GET", file, "@alice", fresh, "Pragma: no-cache").want(t, 200, "content")
	do("PUT", file, "@alice", shown, ">longer content").want(t, 204)
	do("PROPPATCH", file, "@alice", isXML, shown, win32After).want(t, 207, "200 OK")
	do("UNLOCK", file, "@alice", "Lock-Token: <"+tok+">").want(t, 204)
	// Folders are dated, too (golang/go#43929).
	do("MKCOL", "/dav/files/New%20folder", "@alice").want(t, 201)
	do("PROPPATCH", "/dav/files/New%20folder", "@alice", isXML, win32Kind).want(t, 207, "200 OK")
	do("MOVE", "/dav/files/New%20folder", "@alice", "Destination: "+h.url+"/dav/files/Renamed", "Overwrite: F").want(t, 201)
	do("PROPFIND", "/dav/files/Renamed", "Depth: 0", "@alice").want(t, 207, "00000010")
	do("MOVE", file, "@alice", "Destination: "+h.url+"/dav/files/Renamed/report.docx", "Overwrite: F").want(t, 201)
	do("PROPFIND", file, "Depth: 0", "@alice").want(t, 404)
	h.holdsFile(t, "/files/Renamed/report.docx", "longer content")
	do("DELETE", "/dav/files/Renamed", "@alice").want(t, 200)
}

// TestOffice replays what Word sends when a document is opened from an address, saved twice and closed.
func TestOffice(t *testing.T) {
	h := newHouse(t)
	h.Lay("/files/d/letter.docx", []byte("first"))
	file, signs := "/dav/files/d/letter.docx", "X-IDCRL_ACCEPTED: t"
	h.do("OPTIONS", "/dav/files/d/", "User-Agent: Microsoft Office Protocol Discovery", "X-Office-Major-Version: 16").want(t, 200).head(t, "MS-Author-Via", "DAV").head(t, "DAV", "1, 2, 3")
	h.do("HEAD", file, "User-Agent: Microsoft Office Existence Discovery").want(t, 401)
	// It asks how to sign in with a bearer's token that is none; that is nobody's attempt.
	for range 20 {
		h.do("PROPFIND", "/dav/files/d/", word, "Authorization: Bearer", signs, "Depth: 0").want(t, 401).head(t, "WWW-Authenticate", `Basic realm="Portico", charset="UTF-8"`)
	}
	h.do("HEAD", file, "User-Agent: Microsoft Office Existence Discovery", "@alice").want(t, 200)
	h.do("PROPFIND", "/dav/files/d", word, "@alice", "Depth: 1,noroot", "Translate: f", `><?xml version="1.0" encoding="utf-8"?><a:propfind xmlns:a="DAV:"><a:prop><a:displayname/><a:resourcetype/><a:supportedlock/><a:iscollection/></a:prop></a:propfind>`).
		want(t, 207, "letter.docx</D:href>", "!<D:href>/dav/files/d/</D:href>", "<D:exclusive/>", "<D:iscollection/>")
	tok := h.do("LOCK", file, word, "@alice", isXML, "Depth: 0", "Timeout: Second-3600", "Translate: f", `><?xml version="1.0"?><D:lockinfo xmlns:D="DAV:"><D:lockscope><D:exclusive/></D:lockscope><D:locktype><D:write/></D:locktype><D:owner>alice</D:owner></D:lockinfo>`).
		want(t, 200, "Second-3600", "<D:depth>0</D:depth>").lockToken(t)
	shown := "If: (<" + tok + ">)"
	got := h.do("GET", file, word, "@alice", isXML, "Depth: 0", "Translate: f").want(t, 200, "first")
	h.do("PROPFIND", file, word, "@alice", "Depth: 0", "Translate: f", `><?xml version="1.0" encoding="utf-8"?><D:propfind xmlns:D="DAV:" xmlns:Z="urn:schemas-microsoft-com:"><D:prop><D:lockdiscovery/><D:getetag/><Z:Win32LastModifiedTime/></D:prop></D:propfind>`).
		want(t, 207, tok, got.Header.Get("ETag"), "404 Not Found")
	// Somebody else who opens it is told by whom it is locked, and reads.
	h.do("LOCK", file, word, "@alice", "Depth: 0", exclusive).want(t, 423, "no-conflicting-lock")
	h.do("PUT", file, word, "@alice", "Translate: f", ">theirs").want(t, 423)
	for _, text := range []string{"second", "third"} {
		h.do("LOCK", file, word, "@alice", shown, "Depth: 0", "Timeout: Second-3600").want(t, 200, tok)
		h.do("PUT", file, word, "@alice", shown, "Translate: f", "Content-Type: application/octet-stream", ">"+text).want(t, 204)
		h.do("HEAD", file, word, "@alice").want(t, 200)
	}
	h.do("PUT", file, word, "@alice", "If: <"+h.url+file+"> (<"+tok+"> ["+got.Header.Get("ETag")+"])", ">lost").want(t, 412)
	h.do("UNLOCK", file, word, "@alice", "Lock-Token: <"+tok+">").want(t, 204)
	h.do("UNLOCK", file, word, "@alice", "Lock-Token: <"+tok+">").want(t, 409)
	h.holdsFile(t, "/files/d/letter.docx", "third")
}
