package web

import (
	"net/http"
	"strings"
	"testing"

	"portico/backend/account"
)

// The page of another site whose name points here is no guest of this network.
func TestOtherNames(t *testing.T) {
	h := newHouse(t, func(s *setup) {
		s.door.Known = func(host string) bool { return strings.HasPrefix(host, "127.0.0.1") }
	})
	_, err := h.Accounts.Create(t.Context(), account.NewAccount{Name: "carl", Password: "only this", PasswordOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"GET", "PUT", "DELETE", "POST", "MKCOL"} {
		for _, c := range []struct {
			host, secret string
			known        bool
		}{
			{"", "", true},
			{"rebound.example", "", false},
			{"rebound.example", "a guess", false}, // a page can send that header
			{"proxied.example", "only this", true},
		} {
			r, err := http.NewRequest(method, h.url+"/nothing/here", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = c.host
			if c.secret != "" {
				r.Header.Set("PW", c.secret)
			}
			resp, err := h.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if refused := resp.StatusCode == http.StatusMisdirectedRequest; refused == c.known {
				t.Errorf("%s for host %q with PW %q: %d", method, c.host, c.secret, resp.StatusCode)
			}
		}
	}
}
