package web

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"portico/backend/share"
	"portico/backend/vfs/vfstest"
)

const simpleForm = "Content-Type: application/x-www-form-urlencoded"

func TestSignIn(t *testing.T) {
	h := newHouse(t, nil)
	h.jar()
	h.disk("private/secret.txt", "secret")
	h.do("GET", "/-/signin?return=/files/private/", asBrowser).want(t, 200, `value="/files/private/"`)
	h.do("POST", "/-/signin", simpleForm, asBrowser, ">name=alice&password=wrong&return=/files/private/").want(t, 401, `role="alert"`, `value="/files/private/"`)
	h.do("GET", "/files/private/secret.txt").want(t, 401)
	a := h.do("POST", "/-/signin", simpleForm, asBrowser, ">name=alice&password=alice-password&return=/files/private/%3Fpage%3D2").want(t, 303)
	a.head(t, "Location", "/files/private/?page=2")
	c := a.Cookies()
	if len(c) != 1 || c[0].Name != "portico" || !c[0].HttpOnly || c[0].SameSite != http.SameSiteLaxMode || c[0].Secure || c[0].Path != "/" {
		t.Errorf("cookie %+v", c)
	}
	h.do("GET", "/files/private/secret.txt").want(t, 200, "secret")
	h.do("GET", "/files/", asBrowser).want(t, 200, "alice", "/-/signout")
	h.do("GET", "/-/signout").want(t, 405)
	h.do("POST", "/-/signout").want(t, 303)
	h.do("GET", "/files/private/secret.txt").want(t, 401)
	h.do("GET", "/files/private/secret.txt", "Cookie: portico="+c[0].Value).want(t, 401)
}

// TestReturn: a form never sends anybody to another place on the net.
func TestReturn(t *testing.T) {
	for value, want := range map[string]string{
		"/files/a%20b/?page=2":       "/files/a%20b/?page=2",
		"/":                          "/",
		"":                           "/",
		"//evil.example/x":           "/",
		"/\\evil.example":            "/%5Cevil.example",
		"https://evil.example/":      "/",
		"javascript:alert(1)":        "/",
		"/%2f/evil.example":          "/%2f/evil.example",
		"files/":                     "/",
		"/a\r\nX: y":                 "/",
		"/-/signin?return=/-/signin": "/",
		"///evil.example":            "/",
		"/x#//evil":                  "/x",
	} {
		if got := returnPath(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func FuzzReturn(f *testing.F) {
	for _, seed := range []string{"/a", "//b", "/\\c", "http:x", "/%5c", "/%2f%2fx", "/;//x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		w := httptest.NewRecorder()
		redirect(w, returnPath(value), http.StatusSeeOther)
		location := w.Header().Get("Location")
		u, err := url.Parse(location)
		if err != nil || u.Host != "" || u.Scheme != "" || !strings.HasPrefix(location, "/") || strings.HasPrefix(location, "//") || strings.ContainsAny(location, "\\\r\n") {
			t.Fatalf("%q leads to %q", value, location)
		}
	})
}

func TestTooMany(t *testing.T) {
	h := newHouse(t, nil)
	var a answer
	for i := range 100 {
		a = h.do("GET", "/files/", "Authorization: Basic "+fmt.Sprintf("YWxpY2U6eHh4%04d", i*4))
		if a.StatusCode == 429 {
			break
		}
	}
	a.want(t, 429)
	if a.Header.Get("Retry-After") == "" {
		t.Error("no Retry-After")
	}
	h.do("POST", "/-/signin", simpleForm, asBrowser, ">name=bob&password=wrong").want(t, 429)
	h.do("GET", "/files/").want(t, 200)
}

func TestShares(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("sub/a.txt", "in the share")
	h.disk("sub/deep/b.txt", "deep")
	h.disk("outside.txt", "outside")
	key := h.Share(share.NewShare{Path: "/files/sub", Title: "Holiday photos"})
	root := "/s/" + key
	h.do("GET", root+"/").want(t, 200, "a.txt\ndeep/\n")
	h.do("GET", "/S/"+strings.ToUpper(key)+"/a.txt").want(t, 200, "in the share")
	for _, path := range []string{"/../outside.txt", "/../../outside.txt", "/%2e%2e/outside.txt", "/..%2foutside.txt", "/files/outside.txt"} {
		if a := h.do("GET", root+path); a.StatusCode == 200 {
			t.Errorf("%s: %q", path, a.body)
		}
	}
	a := h.do("GET", root+"/deep/", "Accept: application/json").want(t, 200, `"path":"`+root+`/deep/"`, `"kind":"link"`)
	if !json.Valid([]byte(a.body)) {
		t.Error(a.body)
	}
	h.do("GET", root+"/", asBrowser, mozilla).want(t, 200, "Holiday photos", `href="a.txt"`)
	h.do("GET", root+"/deep/", asBrowser, mozilla).want(t, 200, `href="`+root+`/"`)
	h.do("PUT", root+"/x", ">x").want(t, 403)
	h.do("GET", "/s/nosuchkey234/").want(t, 404, "LINK-NONE-01")
	h.do("GET", "/s/nosuchkey234/", asBrowser).want(t, 404, "This link leads nowhere")
	for _, path := range []string{"/s", "/s/", "/S/", "/s//x", "/s/%2e%2e/x", "/s/a%00b/"} {
		h.do("GET", path).want(t, 404)
	}

	full := "/s/" + h.Share(share.NewShare{Path: "/files/sub", Preset: share.Full})
	h.do("PUT", full+"/new.txt", ">new").want(t, 201).head(t, "Location", full+"/new.txt")
	h.do("MOVE", full+"/new.txt", "Destination: "+full+"/moved.txt").want(t, 201).head(t, "Location", full+"/moved.txt")
	h.do("MOVE", full+"/moved.txt", "Destination: /files/moved.txt").want(t, 409)
	h.do("MOVE", full+"/moved.txt", "Destination: "+root+"/moved.txt").want(t, 409)
	h.do("DELETE", full+"/moved.txt").want(t, 200)
	if _, ok := h.onDisk("sub/new.txt"); ok {
		t.Error("still there")
	}
}

func TestShareOfOneFile(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("sub/a.txt", "one")
	h.disk("sub/sibling.txt", "two")
	root := "/s/" + h.Share(share.NewShare{Path: "/files/sub/a.txt"})
	h.do("GET", root+"/").want(t, 200, "a.txt\n")
	h.do("GET", root+"/a.txt").want(t, 200, "one")
	h.do("GET", root+"/sibling.txt").want(t, 404)
	if a := h.do("GET", root+"/?zip"); strings.Contains(a.body, "sibling") {
		t.Error("the archive holds the sibling")
	}
}

func TestInboxShare(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("sub/theirs.txt", "x")
	root := "/s/" + h.Share(share.NewShare{Path: "/files/sub", Preset: share.Inbox})
	h.do("GET", root+"/", asBrowser, mozilla).want(t, 200, `name="f"`)
	h.do("GET", root+"/theirs.txt").want(t, 404)
	h.do("PUT", root+"/mine.txt", ">x").want(t, 201)
	h.do("PUT", root+"/theirs.txt", ">x").want(t, 201)
	if got, _ := h.onDisk("sub/theirs.txt"); got != "x" {
		t.Errorf("%q", got)
	}
}

func TestSharePassword(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("sub/a.txt", "behind a password")
	key := h.Share(share.NewShare{Path: "/files/sub", Password: "open sesame"})
	root := "/s/" + key
	h.do("GET", root+"/a.txt").want(t, 401, "LINK-PASS-01").head(t, "WWW-Authenticate", `Basic realm="Portico share", charset="UTF-8"`)
	h.do("GET", root+"/", asBrowser, mozilla).want(t, 401, `action="/-/signin"`, `value="`+root+`/"`)
	if out := h.mustCurl("-u", ":open sesame", h.url+root+"/a.txt"); out != "behind a password" {
		t.Errorf("curl: %q", out)
	}
	h.do("GET", root+"/a.txt", "PW: open sesame").want(t, 200)
	h.do("GET", root+"/a.txt?pw=open+sesame").want(t, 200)
	h.do("GET", root+"/a.txt", "PW: wrong").want(t, 401)

	h.jar()
	h.do("POST", "/-/signin", simpleForm, asBrowser, mozilla, ">password=wrong&return="+url.QueryEscape(root+"/")).want(t, 401, `role="alert"`)
	h.do("POST", "/-/signin", simpleForm, asBrowser, mozilla, ">password=open+sesame&return="+url.QueryEscape(root+"/")).want(t, 303).head(t, "Location", root+"/")
	h.do("GET", root+"/a.txt", mozilla).want(t, 200, "behind a password")
	h.do("GET", "/S/"+strings.ToUpper(key)+"/a.txt", mozilla).want(t, 200)
	h.do("GET", root+"/a.txt", asBrowser, mozilla).want(t, 200)
}

// TestShareUses: a browser that keeps its pass is one visitor.
func TestShareUses(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("sub/a.txt", "x")
	root := "/s/" + h.Share(share.NewShare{Path: "/files/sub", MaxUses: 1})
	h.jar()
	for range 3 {
		h.do("GET", root+"/a.txt", mozilla).want(t, 200)
	}
	h.client.Jar = nil
	h.do("GET", root+"/a.txt", mozilla).want(t, 404)
}

func TestProxies(t *testing.T) {
	for _, trust := range []bool{true, false} {
		h := newHouse(t, func(s *setup) {
			if trust {
				s.front.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
			}
			s.door.Mounts = map[string]http.Handler{"plik": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				v, err := visitOf(r)
				if err != nil {
					t.Error(err)
					return
				}
				fmt.Fprint(w, v.origin.remote(), " ", v.origin.secure, " ", v.origin.forwarded, " ", r.Host, " ", r.RemoteAddr)
			})}
		})
		host := strings.TrimPrefix(h.url, "http://")
		a := h.do("GET", "/plik/", "X-Forwarded-For: 6.6.6.6, 198.51.100.7, 10.1.1.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: share.example")
		want := "127.0.0.1 false true " + host
		if trust {
			want = "198.51.100.7 true true share.example 198.51.100.7:0"
		}
		if !strings.HasPrefix(a.body, want) {
			t.Errorf("trust %v: %q, want %q", trust, a.body, want)
		}
		h.do("GET", "/plik/").want(t, 200, "127.0.0.1 false "+fmt.Sprint(trust))
		if trust {
			h.do("GET", "/plik/", "X-Forwarded-For: nonsense", "X-Forwarded-Host: a/b").want(t, 200, "127.0.0.1 false true "+host)
			// Our own origin, as the browser sees it.
			h.do("PUT", "/files/x", "@alice", "X-Forwarded-Host: share.example", "X-Forwarded-Proto: https", "Origin: https://share.example", ">x").want(t, 201)
			c := h.do("POST", "/-/signin", "X-Forwarded-Proto: https", simpleForm, ">name=alice&password=alice-password").want(t, 303).Cookies()
			if len(c) != 1 || c[0].Name != "__Host-portico" || !c[0].Secure {
				t.Errorf("cookie %+v", c)
			}
			// The safe cookie counts on HTTPS only.
			h.do("GET", "/files/private/", "Cookie: __Host-portico="+c[0].Value).want(t, 401)
			h.do("GET", "/files/private/", "Cookie: portico="+c[0].Value).want(t, 401)
			h.do("GET", "/files/private/", "Cookie: __Host-portico="+c[0].Value, "X-Forwarded-Proto: https").want(t, 200)
		}
	}
}

// TestTunnel: a share for local networks does not open through a tunnel that ends on this computer.
func TestTunnel(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("sub/a.txt", "x")
	root := "/s/" + h.Share(share.NewShare{Path: "/files/sub"})
	h.do("GET", root+"/a.txt").want(t, 200)
	h.do("GET", root+"/a.txt", "X-Forwarded-For: 203.0.113.9").want(t, 404)
	h.do("GET", root+"/a.txt", "Cf-Connecting-Ip: 203.0.113.9").want(t, 404)
}

func TestTrusted(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("private/x", "secret")
	srv := httptest.NewServer(Trusted(h.door.Handler(), vfstest.Owner()))
	defer srv.Close()
	resp, err := srv.Client().Get(srv.URL + "/files/private/x")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if data, _ := io.ReadAll(resp.Body); string(data) != "secret" {
		t.Errorf("%d %q", resp.StatusCode, data)
	}
}

// TestOneSessionPerRequest: the API's places are the door's, and end with the request.
func TestOneSessionPerRequest(t *testing.T) {
	h := newHouse(t, func(s *setup) {
		s.door.Front = NewFront(s.front)
		front := s.door.Front
		s.door.API = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			one, name, err := front.Place(r, "/files/a.txt")
			two, _, err2 := front.Place(r, "/files/b.txt")
			id, err3 := front.Identity(r)
			if err != nil || err2 != nil || err3 != nil || one != two || name != "/files/a.txt" || id.Name != "alice" || one.Identity().Name != "alice" {
				t.Errorf("%v %v %v, one session %v, %q, %+v", err, err2, err3, one == two, name, id)
			}
		})
	})
	front := h.door.o.Front
	h.do("GET", "/-/api/x", "@alice").want(t, 200)
	if _, _, err := front.Place(httptest.NewRequest("GET", "/", nil), "/"); err == nil {
		t.Error("a place without a door")
	}
}

func TestArchives(t *testing.T) {
	h := newHouse(t, nil)
	h.disk("trip/a.txt", "hello")
	h.disk("trip/Füße.txt", "unicode")
	h.disk("trip/sub/b.bin", strings.Repeat("0123456789", 50_000))
	a := h.do("GET", "/files/trip/?zip").want(t, 200)
	a.head(t, "Content-Type", "application/zip").head(t, "Content-Disposition", `attachment; filename="trip.zip"`).head(t, "Accept-Ranges", "bytes")
	if a.ContentLength != int64(len(a.body)) {
		t.Errorf("announced %d, came %d", a.ContentLength, len(a.body))
	}
	tag := a.Header.Get("ETag")
	part := h.do("GET", "/files/trip?zip", "Range: bytes=1000-", "If-Range: "+tag).want(t, 206)
	if part.body != a.body[1000:] {
		t.Error("the rest of a resumed archive differs")
	}
	h.do("GET", "/files/trip/?zip", "If-None-Match: "+tag).want(t, 304)
	h.do("HEAD", "/files/trip/?zip").want(t, 200).head(t, "Content-Length", fmt.Sprint(len(a.body)))
	h.do("GET", "/files/trip/?tar").want(t, 200).head(t, "Content-Type", "application/x-tar")
	dir := t.TempDir()
	for _, c := range []string{"?zip", "?tar", "?tar=gz", "?tar=zst", "?tar=gz:3"} {
		h.mustCurl("-o", dir+"/x", h.url+"/files/trip/"+c)
		out := run(t, dir, map[bool]string{true: "unzip -l x", false: "tar -tf x"}[c == "?zip"])
		for _, want := range []string{"trip/a.txt", "trip/sub/b.bin"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %s", c, out)
			}
		}
	}
	sel := h.do("GET", "/files/trip/?tar&f=a.txt&f=sub").want(t, 200)
	if strings.Contains(sel.body, "trip/") || !strings.Contains(sel.body, "sub/b.bin") {
		t.Error("a selection has another form")
	}
	sel = h.do("POST", "/files/trip/?zip", simpleForm, ">f=F%C3%BC%C3%9Fe.txt").want(t, 200)
	if !strings.Contains(sel.body, "Füße.txt") || strings.Contains(sel.body, "b.bin") {
		t.Error("a selection by form")
	}
	h.do("GET", "/files/trip/?zip&f=..").want(t, 422)
	h.do("GET", "/files/missing/?zip").want(t, 404)
	h.do("GET", "/files/private/?zip").want(t, 401)
	h.do("GET", "/files/trip/a.txt?zip").want(t, 200, "hello")
}

func TestReserved(t *testing.T) {
	for name, want := range map[string]bool{"-": true, "S": true, "api": true, "API": true, "photos": false, "": false} {
		if IsReserved(name) != want {
			t.Errorf("%q: %v", name, !want)
		}
	}
	text := HelpURLs()
	for _, r := range Reserved() {
		if !strings.Contains(text, "/"+r.Segment+"/") {
			t.Errorf("%s is not explained", r.Segment)
		}
	}
}
