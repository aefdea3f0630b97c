package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/api"
)

// cookies makes a person of the browser kind out of an answer.
func (h *house) browser(resp *http.Response) *person {
	p := h.guest()
	for _, c := range resp.Cookies() {
		p.headers.Add("Cookie", c.Name+"="+c.Value)
	}
	p.headers.Set("Origin", h.url)
	return p
}

func TestAGuestFindsLittle(t *testing.T) {
	h := open(t)
	h.put("open/x", "1")
	g := h.guest()
	var who api.Who
	g.want(200, "GET", "/-/api/session", nil, &who)
	if who.Identity.Kind != "guest" || who.Admin || who.Host != "Studio laptop" {
		t.Errorf("%+v", who)
	}
	g.want(200, "GET", "/-/health", nil, nil)
	for _, path := range []string{"status", "volumes", "doors", "transfers", "activity", "shares"} {
		g.refused(401, "ACC-SIGN-01", "GET", "/-/api/"+path, nil)
	}
	g.refused(401, "ACC-SIGN-01", "GET", "/-/events", nil)
	g.refused(401, "ACC-SIGN-01", "POST", "/-/api/files/mkdir", m{"path": "/files/x"})
	g.refused(401, "ACC-SIGN-01", "POST", "/-/api/shares", m{"path": "/files/open"})
	g.refused(404, "WEB-NONE-01", "GET", "/-/api/nothing", nil)
	g.refused(404, "WEB-NONE-01", "GET", "/-/other", nil)
	g.refused(405, "WEB-VERB-01", "GET", "/-/api/files/mkdir", nil)
	if resp, _ := g.ask("PUT", "/-/api/files/mkdir", nil); resp.Header.Get("Allow") != "POST" {
		t.Errorf("Allow: %q", resp.Header.Get("Allow"))
	}
}

func TestSigningIn(t *testing.T) {
	h := open(t)
	g := h.guest()
	g.refused(401, "ACC-WRONG-01", "POST", "/-/api/session", m{"name": "anna", "password": "nope"})
	g.refused(401, "ACC-WRONG-01", "POST", "/-/api/session", m{"name": "nobody", "password": "nope"})
	var who api.Who
	resp := g.want(200, "POST", "/-/api/session", m{"name": "anna", "password": "anna"}, &who)
	if who.Identity.Name != "anna" || who.Identity.Kind != "account" || who.Admin || who.Home != "/" {
		t.Errorf("%+v", who)
	}
	anna := h.browser(resp)
	anna.want(200, "POST", "/-/api/files/mkdir", m{"path": "/files/x"}, nil)
	// Signing in again ends the session before.
	again := h.browser(anna.want(200, "POST", "/-/api/session", m{"name": "bert", "password": "bert"}, nil))
	anna.want(200, "GET", "/-/api/session", nil, &who)
	if who.Identity.Kind != "guest" {
		t.Errorf("the replaced session lives on: %+v", who)
	}
	again.want(204, "DELETE", "/-/api/session", nil, nil)
	again.want(200, "GET", "/-/api/session", nil, &who)
	if who.Identity.Kind != "guest" {
		t.Errorf("the ended session lives on: %+v", who)
	}
}

func TestGuessingHasToWait(t *testing.T) {
	h := open(t)
	for range 50 {
		resp, _ := h.guest().ask("POST", "/-/api/session", m{"name": "anna", "password": strings.Repeat("x", 1+len(t.Name()))})
		if resp.StatusCode == 401 {
			continue
		}
		break
	}
	for i := range 50 {
		resp, _ := h.guest().ask("POST", "/-/api/session", m{"name": "anna", "password": "guess" + string(rune('a'+i))})
		if resp.StatusCode == 429 {
			if resp.Header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			return
		}
	}
	t.Error("nobody made the guesser wait")
}

func TestSharesOfAnAccount(t *testing.T) {
	h := open(t)
	h.put("open/x.jpg", "1")
	h.put("trip/y.jpg", "22")
	anna, bert := h.as("anna"), h.as("bert")
	var made, got api.Share
	anna.want(200, "POST", "/-/api/shares", m{"path": "/files/trip/", "title": "Trip", "preset": "add", "for": "7d", "maxUses": 5, "networks": []string{"127.0.0.0/8"}}, &made)
	if made.Title != "Trip" || made.Rights != "rwg" || made.Expires == 0 || made.State != "open" || made.By.Name != "anna" || made.Path != "/files/trip" {
		t.Errorf("%+v", made)
	}
	if len(made.Links) != 1 || made.Links[0] != "http://192.0.2.1:3923/s/"+made.Key {
		t.Errorf("%v", made.Links)
	}
	// bert may read, so he may let others read, and no more.
	bert.refused(403, "LINK-RIGHT-01", "POST", "/-/api/shares", m{"path": "/files/trip", "preset": "add"})
	bert.want(200, "POST", "/-/api/shares", m{"path": "/files/trip"}, nil)
	bert.refused(404, "FS-NONE-01", "POST", "/-/api/shares", m{"path": "/files/none"})

	one := "/-/api/shares/" + made.ID
	bert.refused(404, "LINK-NONE-01", "GET", one, nil)
	bert.refused(404, "LINK-NONE-01", "PATCH", one, m{"paused": true})
	bert.refused(404, "LINK-NONE-01", "DELETE", one, nil)
	h.guest().refused(404, "LINK-NONE-01", "GET", one, nil)
	anna.want(200, "GET", one, nil, &got)
	if got.ID != made.ID {
		t.Errorf("%+v", got)
	}
	got = api.Share{}
	anna.want(200, "PATCH", one, m{"title": "Journey", "for": "", "paused": true}, &got)
	if got.Title != "Journey" || got.Expires != 0 || got.State != "paused" || got.MaxUses != 5 {
		t.Errorf("%+v", got)
	}
	h.guest().refused(404, "LINK-NONE-01", "POST", "/-/api/files/mkdir", m{"path": "/s/" + made.Key + "/new"})
	anna.want(200, "PATCH", one, m{"paused": false, "networks": []string{}}, &got)
	h.guest().want(200, "POST", "/-/api/files/mkdir", m{"path": "/s/" + strings.ToUpper(made.Key) + "/new"}, nil)

	var list api.ShareList
	anna.want(200, "GET", "/-/api/shares", nil, &list)
	if len(list.Shares) != 1 {
		t.Errorf("anna sees %d", len(list.Shares))
	}
	h.as("root").want(200, "GET", "/-/api/shares", nil, &list)
	if len(list.Shares) != 2 {
		t.Errorf("root sees %d", len(list.Shares))
	}
	anna.want(204, "DELETE", one, nil, nil)
	anna.refused(404, "LINK-NONE-01", "GET", one, nil)
	h.guest().refused(404, "LINK-NONE-01", "POST", "/-/api/files/mkdir", m{"path": "/s/" + made.Key + "/more"})

	for field, value := range map[string]any{"for": "soon", "networks": []string{"somewhere"}, "rights": "xyz", "preset": "all"} {
		anna.refused(422, "WEB-FORM-01", "POST", "/-/api/shares", m{"path": "/files/trip", field: value})
	}
}

func TestALinkHolderStaysInside(t *testing.T) {
	h := open(t)
	h.put("trip/a.jpg", "1")
	h.put("trip/sub/b.jpg", "22")
	h.put("other/c.jpg", "333")
	view, _ := h.share(api.ShareRequest{Path: "/files/trip"})
	add, _ := h.share(api.ShareRequest{Path: "/files/trip", Preset: "add"})
	full, _ := h.share(api.ShareRequest{Path: "/files/trip", Preset: "full"})
	g := h.guest()
	g.refused(403, "ACC-RIGHT-01", "POST", "/-/api/files/mkdir", m{"path": view + "new"})
	g.refused(403, "ACC-RIGHT-01", "POST", "/-/api/files/rename", m{"from": add + "a.jpg", "to": add + "z.jpg"})
	g.want(200, "POST", "/-/api/files/mkdir", m{"path": add + "new"}, nil)
	var made api.Placed
	g.want(200, "POST", "/-/api/files/rename", m{"from": full + "a.jpg", "to": full + "sub/a.jpg"}, &made)
	if made.Path != full+"sub/a.jpg" || strings.Contains(made.Path, "files") {
		t.Errorf("%+v", made)
	}
	// A path in a body is worth what it is worth by itself: outside of the share this is a guest.
	g.refused(401, "ACC-SIGN-01", "POST", "/-/api/files/mkdir", m{"path": "/files/trip/x"})
	g.refused(409, "FS-EDGE-02", "POST", "/-/api/files/rename", m{"from": full + "sub/a.jpg", "to": "/files/open/a.jpg"})
	g.refused(409, "FS-EDGE-02", "POST", "/-/api/files/copy", m{"from": full + "sub/a.jpg", "to": add + "a.jpg"})
	g.refused(409, "FS-EDGE-02", "POST", "/-/api/files/copy", m{"from": "/files/other/c.jpg", "to": full + "c.jpg"})
	// Climbing ends at the share's own root.
	g.want(200, "POST", "/-/api/files/mkdir", m{"path": full + "../../other/up", "parents": true}, nil)
	if !h.exists("trip/other/up") || h.exists("other/up") {
		t.Error("a share was left by climbing")
	}
	var gone api.RemoveAnswer
	g.want(200, "POST", "/-/api/files/remove", m{"paths": []string{full + "..", full + "../other", full, "/files/other"}}, &gone)
	if len(gone.Removed) != 1 || !h.exists("other/c.jpg") || !h.exists("trip") {
		t.Errorf("%+v", gone)
	}
	// Nobody passes on what was only lent, and nobody learns whose it is.
	g.refused(401, "ACC-SIGN-01", "POST", "/-/api/shares", m{"path": full})
	for _, key := range []string{"/s/nonsense/x", "/s//x"} {
		resp, text := g.ask("POST", "/-/api/files/mkdir", m{"path": key})
		if resp.StatusCode != 404 && resp.StatusCode != 401 || strings.Contains(text, "trip") {
			t.Errorf("%s: %d %s", key, resp.StatusCode, text)
		}
	}
}

func TestAShareWithAPassword(t *testing.T) {
	h := open(t)
	h.put("trip/a.jpg", "1")
	root, s := h.share(api.ShareRequest{Path: "/files/trip", Preset: "add", Password: "open sesame"})
	g := h.guest()
	g.refused(401, "LINK-PASS-01", "POST", "/-/api/files/mkdir", m{"path": root + "new"})
	g.refused(401, "LINK-PASS-01", "POST", "/-/api/unlock", m{"key": s.Key, "password": "wrong"})
	g.refused(404, "LINK-NONE-01", "POST", "/-/api/unlock", m{"key": "k7k7k7k7", "password": "open sesame"})
	in := h.browser(g.want(204, "POST", "/-/api/unlock", m{"key": s.Key, "password": "open sesame"}, nil))
	in.want(200, "POST", "/-/api/files/mkdir", m{"path": root + "new"}, nil)
	g.refused(401, "LINK-PASS-01", "POST", "/-/api/files/mkdir", m{"path": root + "other"})
}

func TestTheOwnerIsOnlyWhereTheOwnerIs(t *testing.T) {
	h := open(t)
	o := h.owner()
	var status api.Status
	o.want(200, "GET", "/-/api/status", nil, &status)
	if status.Host != "Studio laptop" || len(status.Volumes) != 1 || status.Volumes[0].Path != "/files" || len(status.Doors) != 1 {
		t.Errorf("%+v", status)
	}
	var who api.Who
	o.want(200, "GET", "/-/api/session", nil, &who)
	if who.Identity.Kind != "owner" || !who.Admin {
		t.Errorf("%+v", who)
	}
	o.want(200, "POST", "/-/api/files/mkdir", m{"path": "/files/mine"}, nil)
	o.want(200, "GET", "/-/api/doors", nil, nil)
	o.want(200, "GET", "/-/api/volumes", nil, nil)
	o.refused(404, "WEB-NONE-01", "DELETE", "/-/api/transfers/t99", nil)
	// An owner's session that leaks to another listener is worth nothing there.
	secret, err := h.accounts.StartSession(t.Context(), account.Owner(), account.SessionInfo{})
	h.must(err)
	h.guest().refused(401, "ACC-SIGN-01", "GET", "/-/api/status", nil, "Cookie", "portico="+secret)
	for _, name := range []string{"anna", "bert"} {
		h.as(name).refused(403, "ACC-ADMIN-01", "GET", "/-/api/status", nil)
		h.as(name).refused(403, "ACC-ADMIN-01", "DELETE", "/-/api/transfers/t1", nil)
	}
	h.as("root").want(200, "GET", "/-/api/status", nil, nil)
}

func TestTokensOfAdministrators(t *testing.T) {
	h := open(t)
	list, err := h.accounts.List(t.Context())
	h.must(err)
	i := slices.IndexFunc(list, func(a account.Account) bool { return a.Name == "root" })
	root := access.Identity{Kind: access.Account, ID: list[i].ID, Name: "root"}
	for mask, status := range map[access.Right]int{access.Read: 403, access.Read | access.Admin: 200} {
		secret, _, err := h.accounts.CreateToken(t.Context(), root, account.NewToken{Name: "ci", Mask: mask})
		h.must(err)
		resp, text := h.guest().ask("GET", "/-/api/status", nil, "Authorization", "Bearer "+secret)
		if resp.StatusCode != status {
			t.Errorf("%v: %d %s", mask, resp.StatusCode, text)
		}
	}
}
