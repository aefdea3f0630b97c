package account

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/backend/access"
)

// inDatabase reports whether any file of the data folder holds text.
func inDatabase(t *testing.T, dir, text string) (found bool) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		found = found || bytes.Contains(b, []byte(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func bearer(secret string) Credential {
	return Credential{Kind: Token, Secret: secret, Remote: home, Door: "http"}
}

func TestToken(t *testing.T) {
	h := newHouse(t)
	a := h.account(NewAccount{Name: "alice", Password: "correct horse", Home: "/home/alice"})
	alice := h.in(pw("alice", "correct horse", home))
	secret, issued, err := h.CreateToken(t.Context(), alice, NewToken{Name: " backup\n ", Mask: access.Read | access.Get, Root: "/photos/", Expires: h.clock.now().Add(time.Hour)})
	h.must(err)
	if !strings.HasPrefix(secret, "portico_") || !IsToken(secret) || !strings.HasPrefix(secret, issued.Hint) || inDatabase(t, h.dir, secret) || !inDatabase(t, h.dir, "backup") {
		t.Fatalf("%q %+v", secret, issued)
	}
	id := h.in(bearer(secret))
	if id.Kind != access.Token || id.ID != issued.ID || id.Mask != access.Read|access.Get || id.Root != "/photos" ||
		id.Home != "/home/alice" || id.Behind == nil || id.Behind.ID != a.ID || id.Name != "alice (token “backup”)" {
		t.Fatalf("%+v", id)
	}
	h.in(pw("whoever", secret, home))
	h.in(Credential{Kind: PasswordOnly, Secret: secret})
	if h.hasher.made.Load() != 2 { // to create alice, to sign her in
		t.Error("a token was hashed as a password")
	}
	list, err := h.Tokens(t.Context(), alice)
	if err != nil || len(list) != 1 || !list[0].Used.Equal(h.clock.now()) || list[0].Name != "backup" || list[0].Prefix != "portico_" {
		t.Errorf("%+v, %v", list, err)
	}

	h.clock.add(time.Hour)
	h.refused(bearer(secret), ErrWrong)
	if _, err := h.Present(t.Context(), id); !errors.Is(err, ErrGone) {
		t.Errorf("an expired token is still present: %v", err)
	}

	ocl, issued, err := h.CreateToken(t.Context(), alice, NewToken{Name: "other", Mask: access.Full, Prefix: "ocl_"})
	h.must(err)
	if !strings.HasPrefix(ocl, "ocl_") || len(ocl) != 36 {
		t.Errorf("%q", ocl)
	}
	id = h.in(bearer(ocl))
	if err := h.RevokeToken(t.Context(), Owner(), issued.ID); !errors.Is(err, ErrGone) {
		t.Errorf("somebody else revoked it: %v", err)
	}
	h.must(h.RevokeToken(t.Context(), alice, issued.ID))
	h.refused(bearer(ocl), ErrWrong)
	if _, err := h.Present(t.Context(), id); !errors.Is(err, ErrGone) {
		t.Errorf("a revoked token is still present: %v", err)
	}
}

func TestTokensThatCannotBe(t *testing.T) {
	h := newHouse(t)
	owner := Owner()
	for say, c := range map[string]struct {
		id access.Identity
		n  NewToken
	}{
		"no right":       {owner, NewToken{Name: "x"}},
		"expired":        {owner, NewToken{Name: "x", Mask: access.Read, Expires: h.clock.now()}},
		"no name":        {owner, NewToken{Name: " \n", Mask: access.Read}},
		"odd prefix":     {owner, NewToken{Name: "x", Mask: access.Read, Prefix: "Ü_"}},
		"no underscore":  {owner, NewToken{Name: "x", Mask: access.Read, Prefix: "abc"}},
		"guest":          {Guest(), NewToken{Name: "x", Mask: access.Read}},
		"link":           {access.Identity{Kind: access.Link, ID: "x", Behind: &owner}, NewToken{Name: "x", Mask: access.Read}},
		"token":          {access.Identity{Kind: access.Token, ID: "x", Behind: &owner}, NewToken{Name: "x", Mask: access.Read}},
		"nobody":         {access.Identity{Kind: access.Account, ID: "nobody"}, NewToken{Name: "x", Mask: access.Read}},
		"wrong kind":     {access.Identity{Kind: access.Device, ID: ""}, NewToken{Name: "x", Mask: access.Read}},
		"kind not known": {access.Identity{Kind: 99}, NewToken{Name: "x", Mask: access.Read}},
	} {
		if _, _, err := h.CreateToken(t.Context(), c.id, c.n); err == nil {
			t.Errorf("%s: a token was made", say)
		}
	}
}

// Roots follow their folder; a folder that is gone takes its tokens and devices with it, whatever
// stands under its name later.
func TestRootsFollowTheirFolder(t *testing.T) {
	nodes := map[int64]string{7: "/photos"}
	absent := false
	h := newHouse(t, func(o *Options) {
		o.NodePath = func(_ context.Context, node int64) (string, error) {
			if absent {
				return "", errors.New("the volume is not served")
			}
			if path, ok := nodes[node]; ok {
				return path, nil
			}
			return "", fs.ErrNotExist
		}
	})
	secret, _, err := h.CreateToken(t.Context(), Owner(), NewToken{Name: "x", Mask: access.Read, Root: "/photos", RootNode: 7})
	h.must(err)
	_, err = h.CreateDevice(t.Context(), NewDevice{Name: "camera", Password: "pw", Root: "/photos", RootNode: 7, Mask: access.Write})
	h.must(err)
	camera := pw("camera", "pw", home)

	nodes[7] = "/archive/photos 2024"
	if got := h.in(bearer(secret)).Root; got != "/archive/photos 2024" {
		t.Errorf("%q", got)
	}
	if got := h.in(camera).Root; got != "/archive/photos 2024" {
		t.Errorf("%q", got)
	}
	absent = true // and something else may stand at /photos
	h.refused(bearer(secret), ErrDisabled)
	h.refused(camera, ErrDisabled)
	absent = false
	h.in(bearer(secret))
	delete(nodes, 7)
	h.refused(bearer(secret), ErrDisabled)
	h.refused(camera, ErrDisabled)
}

func TestDevice(t *testing.T) {
	h := newHouse(t)
	a := h.account(NewAccount{Name: "alice", Password: "correct horse"})
	d, err := h.CreateDevice(t.Context(), NewDevice{Name: "Microscope 2", Password: "m", For: a.ID, Root: "/lab/in/", Mask: access.Write})
	h.must(err)
	id := h.in(pw("microscope 2", "m", home))
	if id.Kind != access.Device || id.ID != d.ID || id.Root != "/lab/in" || id.Home != "/lab/in" || id.Mask != access.Write ||
		id.Behind == nil || id.Behind.ID != a.ID || id.Admin {
		t.Fatalf("%+v", id)
	}
	p := access.NewPolicy([]access.Grant{{Path: "/lab", Who: access.Subject{Kind: access.Account, ID: a.ID}, Rights: access.Full}})
	if got := p.Rights(id, "/lab/in/x"); got != access.Write {
		t.Errorf("%q", got)
	}
	if got := p.Rights(id, "/lab/other"); got != 0 {
		t.Errorf("%q", got)
	}
	secret, _, err := h.CreateToken(t.Context(), id, NewToken{Name: "x", Mask: access.Full})
	h.must(err)
	token := h.in(bearer(secret))
	if got := p.Rights(token, "/lab/in/x"); got != access.Write {
		t.Errorf("the token of a device has %q", got)
	}
	session := h.session(id, SessionInfo{})
	key := newKey(t)
	_, err = h.AddKey(t.Context(), d.ID, line(key))
	h.must(err)

	yes, no := true, false
	_, err = h.Update(t.Context(), a.ID, Change{Disabled: &yes})
	h.must(err)
	for _, c := range []Credential{pw("microscope 2", "m", home), bearer(secret), byKey("microscope 2", key)} {
		h.refused(c, ErrDisabled)
	}
	h.refused(cookie(session), ErrWrong) // signed out with the account
	_, err = h.Update(t.Context(), a.ID, Change{Disabled: &no})
	h.must(err)
	h.in(byKey("microscope 2", key))
	h.must(h.Delete(t.Context(), a.ID))
	for _, c := range []Credential{pw("microscope 2", "m", home), bearer(secret), byKey("microscope 2", key), pw("alice", "correct horse", home)} {
		h.refused(c, ErrWrong)
	}
	if _, err := h.CreateDevice(t.Context(), NewDevice{Name: "x", For: a.ID, Mask: access.Read}); !errors.Is(err, ErrGone) {
		t.Errorf("a device of nobody: %v", err)
	}
	if _, err := h.CreateDevice(t.Context(), NewDevice{Name: "x", For: d.ID, Mask: access.Read}); !errors.Is(err, ErrGone) {
		t.Errorf("a device of a device: %v", err)
	}
}
