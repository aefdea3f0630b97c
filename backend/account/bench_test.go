package account

import (
	"context"
	"path/filepath"
	"testing"

	"portico/backend/access"
	"portico/backend/store"
)

// BenchmarkAuthenticate measures what each request pays, once somebody is in.
func BenchmarkAuthenticate(b *testing.B) {
	s, err := store.Open(context.Background(), store.Options{Dir: filepath.Join(b.TempDir(), "data")})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	a, err := New(Options{Store: s})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	if _, err := a.Create(b.Context(), NewAccount{Name: "alice", Password: "correct horse"}); err != nil {
		b.Fatal(err)
	}
	alice, err := a.Authenticate(b.Context(), pw("alice", "correct horse", home))
	if err != nil {
		b.Fatal(err)
	}
	session, err := a.StartSession(b.Context(), alice, SessionInfo{})
	if err != nil {
		b.Fatal(err)
	}
	token, _, err := a.CreateToken(b.Context(), alice, NewToken{Name: "x", Mask: access.Read})
	if err != nil {
		b.Fatal(err)
	}
	for name, c := range map[string]Credential{
		"session": cookie(session), "token": bearer(token), "password": pw("alice", "correct horse", home),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.Authenticate(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("fresh password", func(b *testing.B) {
		for b.Loop() {
			a.changed(alice.ID)
			if _, err := a.Authenticate(b.Context(), pw("alice", "correct horse", home)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
