package account

import (
	"slices"
	"testing"

	"portico/backend/access"
)

// TestEnded: whoever came by a secret that counts no more is named, and nobody else is.
func TestEnded(t *testing.T) {
	var ended []access.Identity
	h := newHouse(t, func(o *Options) { o.Ended = func(id access.Identity) { ended = append(ended, id) } })
	a := h.account(NewAccount{Name: "alice", Password: "correct horse"})
	d, err := h.CreateDevice(t.Context(), NewDevice{Name: "scope", Password: "correct horse", For: a.ID, Mask: access.Read})
	h.must(err)
	alice, scope := access.Identity{Kind: access.Account, ID: a.ID}, access.Identity{Kind: access.Device, ID: d.ID}
	keyOf := func(id string) string {
		info, err := h.AddKey(t.Context(), id, line(newKey(t)))
		h.must(err)
		return info.Fingerprint
	}
	hers, its := keyOf(a.ID), keyOf(d.ID)
	smb := func() error { _, err := h.SetSMB(t.Context(), a.ID); return err }
	for _, c := range []struct {
		name string
		do   func() error
		want []access.Identity
	}{
		{"a password", func() error { return h.SetPassword(t.Context(), a.ID, "another one", false, "") }, []access.Identity{alice}},
		{"a device's", func() error { return h.SetPassword(t.Context(), d.ID, "another one", false, "") }, []access.Identity{scope}},
		{"a reset", func() error { _, err := h.Reset(t.Context(), d.ID); return err }, []access.Identity{scope}},
		{"a key", func() error { return h.RemoveKey(t.Context(), a.ID, hers) }, []access.Identity{alice}},
		{"no such key", func() error {
			if err := h.RemoveKey(t.Context(), a.ID, hers); err == nil {
				t.Error("it was removed twice")
			}
			return nil
		}, nil},
		{"the first password for SMB", smb, nil},
		{"another", smb, []access.Identity{alice}},
		{"none any more", func() error { return h.DropSMB(t.Context(), a.ID) }, []access.Identity{alice}},
		{"one more key", func() error { keyOf(a.ID); return nil }, nil},
	} {
		ended = nil
		h.must(c.do())
		if !slices.EqualFunc(ended, c.want, access.Identity.Is) {
			t.Errorf("%s: %v, want %v", c.name, ended, c.want)
		}
	}
	if err := h.RemoveKey(t.Context(), d.ID, its); err == nil {
		t.Error("a reset left the key")
	}
	its = keyOf(d.ID)
	ended = nil
	h.must(h.RemoveKey(t.Context(), d.ID, its))
	if len(ended) != 1 || !ended[0].Is(scope) {
		t.Errorf("a device's key: %v", ended)
	}
}
