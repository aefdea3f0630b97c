package webdav_test

import (
	"strings"
	"testing"
)

// TestIf: the If field, on every verb.
func TestIf(t *testing.T) {
	h := newHouse(t)
	h.Lay("/files/a", []byte("a"))
	h.Lay("/files/b", []byte("b"))
	tok := h.do("LOCK", "/dav/files/a", "@alice", exclusive).want(t, 200).lockToken(t)
	etag := h.do("HEAD", "/dav/files/a", "@alice").want(t, 200).Header.Get("ETag")
	other := h.do("HEAD", "/dav/files/b", "@alice").want(t, 200).Header.Get("ETag")
	for field, status := range map[string]int{
		"(<" + tok + ">)":                                          200,
		"(<" + tok + "> [" + etag + "])":                           200,
		"(<" + tok + ">) ([" + other + "])":                        200,
		"([" + other + "]) (<" + tok + ">)":                        200,
		"(<" + tok + "> [" + other + "])":                          412,
		"(Not <" + tok + ">)":                                      412,
		"(Not <DAV:no-lock>)":                                      200,
		"(<DAV:no-lock>)":                                          412,
		"(Not [" + other + "])":                                    200,
		"(<urn:none>)":                                             412,
		"<" + h.url + "/dav/files/a> (<" + tok + ">)":              200,
		"</dav/files/a> (<" + tok + ">)":                           200,
		"</dav/files/b> ([" + other + "])":                         200,
		"</dav/files/b> (<" + tok + ">)":                           412,
		"<http://elsewhere.example/dav/files/a> (<" + tok + ">)":   412,
		"</files/a> (<" + tok + ">)":                               412, // another tree than the request's
		"</dav/files/b> ([\"x\"]) </dav/files/a> ([" + etag + "])": 200,
		"([W/" + etag + "])":                                       412,
		"":                                                         200,
		"()":                                                       400,
		"(":                                                        400,
		"(<" + tok + ">":                                           400,
		"<" + tok + ">":                                            400,
		"(<>)":                                                     400,
		"([x])":                                                    400,
		"(Not)":                                                    400,
		"garbage":                                                  400,
		"(<" + tok + ">) </dav/files/a> (<" + tok + ">)": 400,
		strings.Repeat("([\"x\"])", 101):                 400,
		strings.Repeat("(", 5000):                        400,
	} {
		h.do("GET", "/dav/files/a", "@alice", "If: "+field).want(t, status)
	}
	patch := `><propertyupdate xmlns="DAV:"><set><prop><x xmlns="x:"/></prop></set></propertyupdate>`
	h.do("PROPPATCH", "/dav/files/b", "@alice", patch, `If-Match: "other"`).want(t, 412)
	h.do("PROPPATCH", "/dav/files/b", "@alice", patch, "If-Match: "+other).want(t, 207)
	h.do("LOCK", "/dav/files/b", "@alice", exclusive, "If-None-Match: *").want(t, 412)
	// Tokens let write, in every verb and wherever they stand in the field.
	shown := "If: (<" + tok + ">)"
	h.do("PUT", "/dav/files/a", "@alice", ">x").want(t, 423)
	h.do("PUT", "/dav/files/a", "@alice", shown, ">x").want(t, 204)
	h.do("PROPPATCH", "/dav/files/a", "@alice", patch).want(t, 423, "lock-token-submitted", "<D:href>/dav/files/a</D:href>")
	h.do("LOCK", "/dav/files/a", "@alice", exclusive).want(t, 423, "no-conflicting-lock")
	h.do("LOCK", "/dav/files/b", "@alice", "If: </dav/files/a> (<"+tok+">)").want(t, 412, "lock-token-matches-request-uri")
	h.do("UNLOCK", "/dav/files/b", "@alice", "Lock-Token: <"+tok+">").want(t, 409, "lock-token-matches-request-uri")
	h.do("UNLOCK", "/dav/files/a", "@alice", "Lock-Token: "+tok).want(t, 400)
	h.do("DELETE", "/dav/files/a", "@alice").want(t, 423)
	h.do("MOVE", "/dav/files/a", "@alice", "Destination: /dav/files/c").want(t, 423)
	h.do("COPY", "/dav/files/b", "@alice", "Destination: /dav/files/a", "If: </dav/files/a> (<"+tok+">)").want(t, 204)
	h.do("MOVE", "/dav/files/a", "@alice", "Destination: /dav/files/c", shown).want(t, 201)
	// A lock goes with its name, not with the file.
	h.do("PUT", "/dav/files/c", "@alice", ">x").want(t, 204)
	h.do("PUT", "/dav/files/a", "@alice", ">x").want(t, 201)
}

// TestLockedFolder: a lock on a folder holds for what is in it, and a free name becomes an empty file.
func TestLockedFolder(t *testing.T) {
	h := newHouse(t)
	h.Lay("/files/d/a", []byte("a"))
	tok := h.do("LOCK", "/dav/files/d", "@alice", exclusive).want(t, 200, "<D:depth>infinity</D:depth>", "<D:href>/dav/files/d</D:href>").lockToken(t)
	shown := "If: </dav/files/d/> (<" + tok + ">)"
	h.do("PUT", "/dav/files/d/new", "@alice", ">x").want(t, 423)
	h.do("PUT", "/dav/files/d/new", "@alice", shown, ">x").want(t, 201)
	h.do("MKCOL", "/dav/files/d/e", "@alice").want(t, 423)
	h.do("DELETE", "/dav/files/d/a", "@alice").want(t, 423)
	h.do("PROPFIND", "/dav/files/d", "@alice", "Depth: 1").want(t, 207, "<D:activelock>", "<D:depth>infinity</D:depth>")
	h.do("LOCK", "/dav/files/d/a", "@alice", exclusive).want(t, 423)
	h.do("UNLOCK", "/dav/files/d/a", "@alice", "Lock-Token: <"+tok+">").want(t, 204)
	fresh := h.do("LOCK", "/dav/files/d/free", "@alice", "Depth: 0", exclusive).want(t, 201, "<D:depth>0</D:depth>").lockToken(t)
	h.holdsFile(t, "/files/d/free", "")
	h.do("LOCK", "/dav/files/none/free", "@alice", exclusive).want(t, 409)
	h.do("LOCK", "/dav/files/d/free2", "@alice", "Depth: 1", exclusive).want(t, 400)
	// It survives a restart of everything but the client.
	h.do("PUT", "/dav/files/d/free", "@alice", "If: (<"+fresh+">)", ">x").want(t, 204)
}

func (h *house) holdsFile(t *testing.T, name, want string) {
	t.Helper()
	if got := h.OnDisk(name); got == nil || string(got) != want {
		t.Errorf("%s on disk: %q", name, got)
	}
}
