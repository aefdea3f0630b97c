package web

import (
	"net/http"
	"net/http/cookiejar"
	"strings"
	"testing"

	"portico/backend/share"
	"portico/backend/vfs/vfstest"
)

// phone is a browser of its own: it keeps its own cookies.
func (h *house) phone() func(method, path string, options ...string) answer {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	client := *h.client
	client.Jar = jar
	return func(method, path string, options ...string) answer {
		h.t.Helper()
		before := h.client
		h.client = &client
		defer func() { h.client = before }()
		return h.do(method, path, append([]string{mozilla}, options...)...)
	}
}

// asking returns who waits.
func (h *house) asking(n int) []share.Request {
	h.t.Helper()
	list, err := h.Shares.Asking(h.t.Context(), vfstest.Owner())
	if err != nil || len(list) != n {
		h.t.Fatalf("%d wait, want %d: %v", len(list), n, err)
	}
	return list
}

func (h *house) admit(id string, allow bool) {
	h.t.Helper()
	if err := h.Shares.Admit(h.t.Context(), vfstest.Owner(), id, allow, false); err != nil {
		h.t.Fatal(err)
	}
}

// TestWaitingToBeLetIn: what a browser sees, with scripts off and on, until somebody has said yes.
func TestWaitingToBeLetIn(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("sub/a.txt", "in the share")
	root := "/s/" + h.Share(share.NewShare{Path: "/files/sub", Title: "Holiday photos", Ask: true})
	phone, other := h.phone(), h.phone()
	a := phone("GET", root+"/", asBrowser).want(t, 403, "Waiting for Studio laptop to let you in…", `http-equiv="refresh"`)
	if strings.Contains(a.body, "Holiday") || strings.Contains(a.body, "a.txt") {
		t.Error("it tells what it does not show yet")
	}
	c := a.Cookies()
	if len(c) != 1 || c[0].Name != "portico-device" || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode || c[0].Path != "/" || c[0].MaxAge < 1e7 {
		t.Errorf("%+v", c)
	}
	if c := phone("GET", root+"/", asBrowser).want(t, 403).Cookies(); len(c) != 0 {
		t.Errorf("it is given another one: %+v", c)
	}
	phone("GET", root+"/a.txt").want(t, 403, "LINK-ASK-01")
	phone("GET", root+"/", "Accept: application/json").want(t, 403, `"LINK-ASK-01"`)
	phone("PUT", root+"/x", ">x").want(t, 403)
	one := h.asking(1)[0]
	if one.Remote.String() != "127.0.0.1" || one.Door != "http" || !strings.HasPrefix(one.Client, "Mozilla/") || one.Program {
		t.Errorf("%+v", one)
	}
	h.admit(one.ID, true)
	phone("GET", root+"/", asBrowser).want(t, 200, "Holiday photos", "a.txt")
	phone("GET", root+"/a.txt").want(t, 200, "in the share")
	other("GET", root+"/", asBrowser).want(t, 403, "Waiting for")
	h.admit(h.asking(1)[0].ID, false)
	other("GET", root+"/", asBrowser).want(t, 403, "Studio laptop did not let this device in.")
	if a := other("GET", root+"/", asBrowser); strings.Contains(a.body, "refresh") || strings.Contains(a.body, "/-/ask") {
		t.Error("the page goes on asking")
	}
	h.asking(0)
}

// TestAskAgain: the button asks; neither another site nor a mere visit does.
func TestAskAgain(t *testing.T) {
	h := newHouse(t, nil)
	root := "/s/" + h.Share(share.NewShare{Path: "/files/inbox", Ask: true})
	phone := h.phone()
	phone("GET", "/-/ask").want(t, 405)
	phone("POST", "/-/ask", simpleForm, ">return="+root+"/", "Origin: http://evil.example", "Sec-Fetch-Site: cross-site").want(t, 403)
	h.asking(0)
	phone("POST", "/-/ask", simpleForm, ">return="+root+"/a?x=1").want(t, 303).head(t, "Location", root+"/a?x=1")
	h.asking(1)
	phone("POST", "/-/ask", simpleForm, ">return=//evil.example"+root).want(t, 303).head(t, "Location", "/")
	phone("POST", "/-/ask", simpleForm, ">return=/s/nosuchkey234/").want(t, 303)
	h.asking(1)
}

// TestPasswordThenAsk: who knows the password waits without typing it again.
func TestPasswordThenAsk(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("sub/a.txt", "in the share")
	root := "/s/" + h.Share(share.NewShare{Path: "/files/sub", Password: "sesame", Ask: true})
	phone := h.phone()
	phone("GET", root+"/", asBrowser).want(t, 401, "password")
	h.asking(0)
	phone("POST", "/-/signin", simpleForm, asBrowser, ">password=wrong&return="+root+"/").want(t, 401)
	h.asking(0)
	phone("POST", "/-/signin", simpleForm, asBrowser, ">password=sesame&return="+root+"/").want(t, 303).head(t, "Location", root+"/")
	phone("GET", root+"/", asBrowser).want(t, 403, "Waiting for")
	h.admit(h.asking(1)[0].ID, true)
	phone("GET", root+"/", asBrowser).want(t, 200, "a.txt")
}

// TestCurlAsks: programs read why, do not wait, and are let in by their address.
func TestCurlAsks(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("sub/a.txt", "in the share")
	url := h.url + "/s/" + h.Share(share.NewShare{Path: "/files/sub", Ask: true})
	out := h.mustCurl("-w", "%{http_code}", url+"/a.txt")
	if !strings.HasSuffix(out, "403") || !strings.Contains(out, "asked whether this device may come in") || !strings.Contains(out, "[LINK-ASK-01]") {
		t.Errorf("%q", out)
	}
	one := h.asking(1)[0]
	if !one.Program {
		t.Errorf("%+v", one)
	}
	h.admit(one.ID, true)
	if out := h.mustCurl(url + "/a.txt"); out != "in the share" {
		t.Errorf("%q", out)
	}
	h.phone()("GET", strings.TrimPrefix(url, h.url)+"/", asBrowser).want(t, 403, "Waiting for")
}
