package api_test

import (
	"net/http"

	"testing"

	"portico/backend/api"
)

const pixel = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"

// visitor is a browser that keeps its cookies.
func (h *house) visitor() *person {
	p := h.guest()
	p.headers.Set("User-Agent", pixel)
	return p
}

// comes opens a share as a browser does and keeps what it is given.
func (p *person) comes(path string) int {
	p.t.Helper()
	resp, _ := p.ask("GET", path, nil)
	for _, c := range resp.Cookies() {
		p.headers.Add("Cookie", c.Name+"="+c.Value)
	}
	return resp.StatusCode
}

func TestLettingIn(t *testing.T) {
	h := open(t)
	h.put("trip/a.jpg", "1")
	anna, bert, root := h.as("anna"), h.as("bert"), h.as("root")
	var s api.Share
	anna.want(200, "POST", "/-/api/shares", m{"path": "/files/trip", "ask": true, "preset": "add"}, &s)
	if !s.Ask {
		t.Fatalf("%+v", s)
	}
	path := "/s/" + s.Key + "/"
	phone := h.visitor()
	phone.refused(403, "LINK-ASK-01", "POST", "/-/api/files/mkdir", m{"path": path + "new"})
	phone = h.visitor()
	if got := phone.comes(path); got != http.StatusForbidden {
		t.Fatal(got)
	}
	h.guest().refused(401, "ACC-SIGN-01", "GET", "/-/api/asking", nil)
	h.guest().refused(401, "ACC-SIGN-01", "POST", "/-/api/asking/x", m{"allow": true})
	var list api.AskingList
	bert.want(200, "GET", "/-/api/asking", nil, &list)
	if len(list.Asking) != 0 {
		t.Errorf("bert sees %+v", list)
	}
	for _, who := range []*person{anna, root, h.owner()} {
		who.want(200, "GET", "/-/api/asking", nil, &list)
		if len(list.Asking) != 2 {
			t.Fatalf("%+v", list)
		}
	}
	one := list.Asking[1]
	if one.Share != s.ID || one.Title != "trip" || one.Name != "Pixel 8 · Chrome" || one.Remote != "127.0.0.1" || one.Client != pixel || one.Program || one.Until-one.At != 120_000 {
		t.Errorf("%+v", one)
	}
	answer := "/-/api/asking/" + one.ID
	bert.refused(404, "LINK-ASK-06", "POST", answer, m{"allow": true})
	anna.refused(422, "WEB-FORM-01", "POST", answer, m{})
	// Nobody answers for themselves: not with the link, and not with the device's cookie.
	phone.refused(401, "ACC-SIGN-01", "POST", answer, m{"allow": true})
	anna.want(204, "POST", answer, m{"allow": true}, nil)
	anna.refused(404, "LINK-ASK-06", "POST", answer, m{"allow": false})
	phone.want(200, "POST", "/-/api/files/mkdir", m{"path": path + "new"}, nil)
	anna.want(200, "GET", "/-/api/asking", nil, &list)
	if len(list.Asking) != 1 {
		t.Errorf("%+v", list)
	}
	var now api.Share
	anna.want(200, "PATCH", "/-/api/shares/"+s.ID, m{"ask": false}, &now)
	if now.Ask {
		t.Errorf("%+v", now)
	}
	h.visitor().want(200, "POST", "/-/api/files/mkdir", m{"path": path + "other"}, nil)
}
