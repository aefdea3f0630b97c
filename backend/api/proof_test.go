package api_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/api"
)

// over waits for the end of a stream and checks its last word.
func (s *stream) over(what string) {
	s.t.Helper()
	left := s.ended()
	if len(left) == 0 || !strings.Contains(left[len(left)-1].data, `"over"`) {
		s.t.Errorf("%s: %+v", what, left)
	}
}

func (h *house) signIn(name string) *person {
	h.t.Helper()
	resp := h.guest().want(200, "POST", "/-/api/session", api.SignInRequest{Name: name, Password: name}, nil)
	return h.browser(resp)
}

func TestSignedOutHearsNoMore(t *testing.T) {
	h := open(t)
	h.put("secret/x", "1")
	one, other := h.signIn("anna"), h.signIn("anna")
	s, stays := one.follow("?path=/files/secret"), other.follow("?path=/files/secret")
	one.want(204, "DELETE", "/-/api/session", nil, nil)
	s.over("after signing out")
	h.write("/files/secret/y", "x")
	if got := stays.change(); !strings.HasPrefix(got, "put /files/secret/y") {
		t.Errorf("another session of the same account: %s", got)
	}
	admin := h.signIn("root")
	all := admin.follow("")
	admin.want(204, "DELETE", "/-/api/session", nil, nil)
	all.over("whoever administered")
}

func TestAnotherPasswordEndsStreams(t *testing.T) {
	h := open(t)
	h.put("secret/x", "1")
	s := h.as("anna").follow("?path=/files/secret")
	h.must(h.accounts.SetPassword(t.Context(), h.anna.ID, "quite another one", false, ""))
	s.over("after another password")
}

func TestRevokedTokensHearNoMore(t *testing.T) {
	h := open(t)
	h.put("secret/x", "1")
	secret, token, err := h.accounts.CreateToken(t.Context(), h.anna, account.NewToken{Name: "script", Mask: access.Full})
	h.must(err)
	p := h.guest()
	p.headers.Set("Authorization", "Bearer "+secret)
	s := p.follow("?path=/files/secret")
	h.must(h.accounts.RevokeToken(t.Context(), h.anna, token.ID))
	s.over("after the token was revoked")
}

func TestAnotherSharePasswordEndsStreams(t *testing.T) {
	h := open(t)
	h.put("secret/x", "1")
	root, made := h.share(api.ShareRequest{Path: "/files/secret", Password: "first word"})
	visitor := h.browser(h.guest().want(204, "POST", "/-/api/unlock", api.UnlockRequest{Key: made.Key, Password: "first word"}, nil))
	s := visitor.follow("?path=" + root)
	title, password := "Another title", "second word"
	h.as("anna").want(200, "PATCH", "/-/api/shares/"+made.ID, api.ShareChange{Title: &title}, nil)
	h.write("/files/secret/y", "x")
	if got := s.change(); !strings.HasPrefix(got, "put "+root+"y") {
		t.Fatalf("after another title: %s", got)
	}
	h.as("anna").want(200, "PATCH", "/-/api/shares/"+made.ID, api.ShareChange{Password: &password}, nil)
	s.over("after another password")
	visitor.refused(401, "LINK-PASS-01", "GET", "/-/events?path="+root, nil)
}

// TestEventsAreJudgedWithoutBeats: what is sent later than a second after the end is not sent.
func TestEventsAreJudgedWithoutBeats(t *testing.T) {
	h := open(t)
	h.put("secret/x", "1")
	h.beat = time.Hour
	h.serve(slog.New(slog.DiscardHandler))
	p := h.signIn("anna")
	s := p.follow("?path=/files/secret")
	p.want(204, "DELETE", "/-/api/session", nil, nil)
	for i := 0; ; i++ {
		h.write(fmt.Sprintf("/files/secret/y%d", i), "x")
		var c api.Change
		if s.next("change", &c); c.What == "over" {
			return
		}
	}
}
