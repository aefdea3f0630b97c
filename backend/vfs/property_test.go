package vfs_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// hungOn is what hangs on a name, as "space name=value" in the order in which it came.
func hungOn(t *testing.T, s *vfs.Session, name string) string {
	t.Helper()
	out := make(map[string][]vfs.Property)
	if err := s.Properties(out, &vfs.Entry{Path: name}, nil); err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, p := range out[name] {
		words = append(words, p.Space+p.Name+"="+p.Value)
	}
	return strings.Join(words, " ")
}

func hang(t *testing.T, s *vfs.Session, name, key, value string) {
	t.Helper()
	if err := s.SetProperties(name, []vfs.PropertyChange{{Property: vfs.Property{Space: "x:", Name: key, Value: value}}}); err != nil {
		t.Fatal(err)
	}
}

// TestPropertiesGoAlong: they go where their name goes, are copied with it, and end with it.
func TestPropertiesGoAlong(t *testing.T) {
	h := vfstest.New(t, vfstest.Volume(vfs.Volume{Name: "files", Path: "/files", Durability: store.Fast, Trash: true}),
		vfstest.Volume(vfs.Volume{Name: "other", Path: "/other", Durability: store.Fast}))
	s := h.Owner()
	for _, name := range []string{"/files/d/a", "/files/d/e/b", "/files/c"} {
		h.Put(s, name, name)
	}
	hang(t, s, "/files/d/a", "k", "1")
	hang(t, s, "/files/d/e/b", "k", "2")
	hang(t, s, "/files/d", "k", "3")
	hang(t, s, "/files/c", "old", "4")
	check := func(step string, want map[string]string) {
		t.Helper()
		for name, hung := range want {
			if got := hungOn(t, s, name); got != hung {
				t.Errorf("%s: on %s hangs %q, want %q", step, name, got, hung)
			}
		}
	}
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Rename("/files/d", "/files/f", vfs.Refuse))
	check("rename", map[string]string{"/files/f": "x:k=3", "/files/f/a": "x:k=1", "/files/f/e/b": "x:k=2"})
	must(s.Copy("/files/f", "/files/g", vfs.Refuse))
	must(s.Copy("/files/f", "/other/g", vfs.Refuse))
	check("copy", map[string]string{"/files/g": "x:k=3", "/files/g/e/b": "x:k=2", "/other/g/a": "x:k=1", "/files/f/a": "x:k=1"})
	must(s.Copy("/files/g/a", "/files/c", vfs.Replace))
	check("copy over", map[string]string{"/files/c": "x:k=1", "/files/g/a": "x:k=1"})
	hang(t, s, "/files/c", "k", "5")
	check("one's own", map[string]string{"/files/c": "x:k=5", "/files/g/a": "x:k=1"})
	must(s.Rename("/files/c", "/files/g/a", vfs.Replace))
	check("rename over", map[string]string{"/files/g/a": "x:k=5", "/files/c": ""})
	h.Put(s, "/files/g/a", "other content")
	check("new content", map[string]string{"/files/g/a": "x:k=5"})
	must(s.Rename("/files/g/a", "/other/g/a", vfs.Replace))
	check("over to another storage", map[string]string{"/other/g/a": "x:k=5", "/files/g/a": ""})
	must(s.Rename("/files/g", "/other/h", vfs.Refuse))
	check("a folder to another storage", map[string]string{"/other/h": "x:k=3", "/other/h/e/b": "x:k=2"})
	gone, err := s.Remove("/files/f")
	must(gone, err)
	h.Put(s, "/files/f/a", "new")
	check("remove", map[string]string{"/files/f/a": "", "/files/f": ""})
	must(s.Remove("/files/f"))
	must(s.Restore(gone.Trash, vfs.Refuse))
	check("restore", map[string]string{"/files/f": "x:k=3", "/files/f/a": "x:k=1"})
	h.Reopen()
	s = h.Owner()
	check("restart", map[string]string{"/files/f/a": "x:k=1", "/other/h": "x:k=3"})
	inside, err := s.List("/other/h")
	must(inside, err)
	out := make(map[string][]vfs.Property)
	must(nil, s.Properties(out, &vfs.Entry{Path: "/other/h"}, inside))
	if len(out) != 1 || len(out["/other/h"]) != 1 {
		t.Errorf("in a folder: %v", out)
	}
}

// TestPropertiesAreGuarded: who may not change a name hangs nothing on it, and nobody hangs much.
func TestPropertiesAreGuarded(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "r"), vfstest.Grant("/files/in", vfstest.Account("bob"), "w"))
	owner, guest, bob := h.Owner(), h.Guest(), h.Session(vfstest.User("bob"))
	h.Put(owner, "/files/a", "a")
	h.Put(owner, "/files/in/theirs", "a")
	h.Put(bob, "/files/in/mine", "b")
	set := []vfs.PropertyChange{{Property: vfs.Property{Space: "x:", Name: "k", Value: "v"}}}
	if err := guest.SetProperties("/files/a", set); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("by a guest: %v", err)
	}
	if err := bob.SetProperties("/files/in/theirs", set); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("on what may not be seen: %v", err)
	}
	if err := bob.SetProperties("/files/in/mine", set); err != nil {
		t.Errorf("on one's own: %v", err)
	}
	if err := owner.SetProperties("/files/none", set); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("on nothing: %v", err)
	}
	hang(t, owner, "/files/in/theirs", "k", "secret")
	out := make(map[string][]vfs.Property)
	if err := bob.Properties(out, &vfs.Entry{Path: "/files/in/theirs"}, nil); err != nil || len(out) > 0 {
		t.Errorf("told to who may not look: %v %v", out, err)
	}
	lock, err := owner.Lock("/files/a", vfs.LockRequest{})
	if err != nil {
		t.Fatal(err)
	}
	other := h.Owner()
	if err := other.SetProperties("/files/a", set); !errors.Is(err, vfs.ErrLocked) {
		t.Errorf("on what is locked: %v", err)
	}
	other.ShowTokens(lock.Token)
	set[0].Value = strings.Repeat("v", 70<<10)
	if err := other.SetProperties("/files/a", set); !errors.Is(err, vfs.ErrTooLarge) {
		t.Errorf("70 KiB: %v", err)
	}
	if got := hungOn(t, owner, "/files/a"); got != "" {
		t.Errorf("half of it: %q", got)
	}
}

// TestSharedLocks: of several shared locks on a name, the token of one lets write.
func TestSharedLocks(t *testing.T) {
	h := vfstest.New(t)
	one, two, three := h.Owner(), h.Owner(), h.Owner()
	h.Put(one, "/files/a", "a")
	for _, s := range []*vfs.Session{one, two} {
		l, err := s.Lock("/files/a", vfs.LockRequest{Shared: true})
		if err != nil {
			t.Fatal(err)
		}
		s.ShowTokens(l.Token)
	}
	for i, s := range []*vfs.Session{one, two} {
		if err := s.SetTimes("/files/a", time.Unix(1e9, 0)); err != nil {
			t.Errorf("holder %d: %v", i, err)
		}
	}
	if _, err := three.Remove("/files/a"); !errors.Is(err, vfs.ErrLocked) {
		t.Errorf("without a token: %v", err)
	}
	if _, err := three.Lock("/files/a", vfs.LockRequest{}); !errors.Is(err, vfs.ErrLocked) {
		t.Errorf("an exclusive one beside: %v", err)
	}
	if got := len(three.LocksBelow("/files")); got != 2 {
		t.Errorf("%d locks below", got)
	}
}
