package api_test

import (
	"testing"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/api"
)

func TestOtherSitesCannotUseASignIn(t *testing.T) {
	h := open(t)
	anna := h.browser(h.guest().want(200, "POST", "/-/api/session", m{"name": "anna", "password": "anna"}, nil))
	h.put("trip/x", "1")
	root, _ := h.share(api.ShareRequest{Path: "/files/trip", Preset: "full"})
	attacks := map[string][]string{
		"another origin":  {"Origin", "http://evil.example"},
		"no origin":       {"Origin", "null"},
		"another port":    {"Origin", "http://127.0.0.1:1"},
		"fetch metadata":  {"Origin", h.url, "Sec-Fetch-Site", "cross-site"},
		"a sibling":       {"Origin", h.url, "Sec-Fetch-Site", "same-site"},
		"Basic by itself": {"Origin", "http://evil.example", "Authorization", "Basic YW5uYTphbm5h"},
	}
	for name, headers := range attacks {
		t.Run(name, func(t *testing.T) {
			h.t, anna.t = t, t
			anna.refused(403, "NET-SITE-01", "POST", "/-/api/files/mkdir", m{"path": "/files/stolen"}, headers...)
			anna.refused(403, "NET-SITE-01", "POST", "/-/api/files/remove", m{"paths": []string{root + "x"}}, headers...)
			anna.refused(403, "NET-SITE-01", "POST", "/-/api/session", m{"name": "bert", "password": "bert"}, headers...)
			anna.refused(403, "NET-SITE-01", "DELETE", "/-/api/session", nil, headers...)
			anna.refused(403, "NET-SITE-01", "POST", "/-/tus/", nil, append(headers, "Tus-Resumable", "1.0.0")...)
			resp, _ := anna.ask("POST", "/-/api/files/mkdir", "path=/files/stolen", append(headers, "Content-Type", "application/x-www-form-urlencoded")...)
			if resp.StatusCode != 403 {
				t.Errorf("a form: %d", resp.StatusCode)
			}
		})
	}
	h.t, anna.t = t, t
	if h.exists("stolen") || !h.exists("trip/x") {
		t.Error("it worked")
	}
	anna.want(200, "POST", "/-/api/files/mkdir", m{"path": "/files/own"}, nil)
	// Programs send no Origin; a token is added by no browser.
	h.as("anna").want(200, "POST", "/-/api/files/mkdir", m{"path": "/files/script"}, nil)
	secret, _, err := h.accounts.CreateToken(t.Context(), h.anna, account.NewToken{Name: "app", Mask: access.Full})
	h.must(err)
	h.guest().want(200, "POST", "/-/api/files/mkdir", m{"path": "/files/app"}, nil, "Authorization", "Bearer "+secret, "Origin", "http://app.example")
}

func TestOtherNamesAreNotServed(t *testing.T) {
	h := open(t)
	for _, host := range []string{"evil.example", "evil.example:3923", "127.0.0.1.evil.example"} {
		h.as("anna").refused(421, "NET-HOST-01", "POST", "/-/api/files/mkdir", m{"path": "/files/x"}, "Host", host)
		h.guest().refused(421, "NET-HOST-01", "GET", "/-/api/session", nil, "Host", host)
	}
}

func TestAnswersCannotBeUsedAsPages(t *testing.T) {
	h := open(t)
	for _, path := range []string{"/-/api/session", "/-/api/openapi.json", "/-/qr?u=http://box.local/s/k7", "/-/nothing", "/-/health"} {
		resp, _ := h.guest().ask("GET", path, nil)
		if resp.Header.Get("X-Content-Type-Options") != "nosniff" || resp.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s: %v", path, resp.Header)
		}
		if resp.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s is open to other sites", path)
		}
	}
}

func TestWrongCredentialsAreNoGuests(t *testing.T) {
	h := open(t)
	h.put("open/x", "1")
	h.guest().refused(401, "ACC-WRONG-01", "GET", "/-/api/session", nil, "Authorization", "Basic YW5uYTp4")
	h.guest().refused(401, "ACC-WRONG-01", "POST", "/-/api/files/mkdir", m{"path": "/files/x"}, "Authorization", "Bearer portico_nothing")
}
