package web

import (
	"net/http"
	"strings"
	"testing"
)

// The page of another site whose name points here is no guest of this network.
func TestOtherNames(t *testing.T) {
	h := newHouse(t, func(s *setup) {
		s.door.Known = func(host string) bool { return strings.HasPrefix(host, "127.0.0.1") }
	})
	for _, method := range []string{"GET", "PUT", "DELETE", "POST", "MKCOL"} {
		for host, want := range map[string]bool{"": true, "rebound.example": false} {
			r, err := http.NewRequest(method, h.url+"/nothing/here", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = host
			resp, err := h.client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if refused := resp.StatusCode == http.StatusMisdirectedRequest; refused == want {
				t.Errorf("%s for host %q: %d", method, host, resp.StatusCode)
			}
		}
	}
}
