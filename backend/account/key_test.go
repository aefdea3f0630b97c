package account

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"portico/backend/event"
)

func newKey(t testing.TB) ssh.PublicKey {
	t.Helper()
	pub, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ssh.NewPublicKey(pub)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func line(key ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key))) + " alice@laptop\n"
}

func byKey(name string, key ssh.PublicKey) Credential {
	return Credential{Kind: Key, Name: name, Secret: string(key.Marshal()), Remote: home, Door: "sftp"}
}

func TestKey(t *testing.T) {
	h := newHouse(t)
	a := h.account(NewAccount{Name: "alice"})
	h.account(NewAccount{Name: "bob"})
	key, other := newKey(t), newKey(t)
	info, err := h.AddKey(t.Context(), a.ID, line(key))
	if err != nil || info.Type != "ssh-ed25519" || !strings.HasPrefix(info.Fingerprint, "SHA256:") || info.Comment != "alice@laptop" {
		t.Fatalf("%+v, %v", info, err)
	}
	if _, err := h.AddKey(t.Context(), a.ID, line(key)); !errors.Is(err, ErrTaken) {
		t.Errorf("twice: %v", err)
	}
	id := h.in(byKey("Alice", key))
	h.refused(byKey("alice", other), ErrWrong)
	h.refused(byKey("bob", key), ErrWrong)
	h.refused(byKey("nobody", key), ErrWrong)
	h.refused(Credential{Kind: Key, Name: "alice", Secret: string(key.Marshal()[:10])}, ErrWrong)
	// Clients offer all the keys they have before they sign anything: that is neither guessing nor arriving.
	for range 50 {
		h.refused(byKey("alice", other), ErrWrong)
	}
	if n := len(h.events(event.SignedIn)) + len(h.events(event.Wrong)); n != 0 {
		t.Errorf("%d events of keys that were only asked about", n)
	}
	h.Arrived(t.Context(), id, byKey("alice", key))
	if got := h.events(event.SignedIn); len(got) != 1 || got[0].Door != "sftp" {
		t.Errorf("%+v", got)
	}
	if list, err := h.Keys(t.Context(), a.ID); err != nil || len(list) != 1 || list[0] != info {
		t.Errorf("%+v, %v", list, err)
	}
	h.must(h.RemoveKey(t.Context(), a.ID, info.Fingerprint))
	if err := h.RemoveKey(t.Context(), a.ID, info.Fingerprint); !errors.Is(err, ErrGone) {
		t.Errorf("%v", err)
	}
	h.refused(byKey("alice", key), ErrWrong)
}

func TestKeysThatAreRefused(t *testing.T) {
	h := newHouse(t)
	a := h.account(NewAccount{Name: "alice"})
	key := line(newKey(t))
	for _, bad := range []string{
		"", "# a comment", "ssh-ed25519 AAAA", "nonsense",
		`from="10.0.0.0/8" ` + key, `command="rm -rf /" ` + key, "restrict " + key,
		key + line(newKey(t)), strings.Repeat("x", 1<<20),
	} {
		if _, err := h.AddKey(t.Context(), a.ID, bad); !errors.Is(err, ErrSecret) {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
	if _, err := h.AddKey(t.Context(), "nobody", key); !errors.Is(err, ErrGone) {
		t.Errorf("%v", err)
	}
}
