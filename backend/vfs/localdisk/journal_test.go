package localdisk

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"portico/backend/vfs/driver"
)

// TestTornJournal: after power loss the unsynced journal may be cut anywhere; the synced one, or an
// older whole one, is what counts then.
func TestTornJournal(t *testing.T) {
	ctx := t.Context()
	d, err := Open(ctx, Options{Root: t.TempDir(), Instance: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	o, err := d.Lookup(ctx, ".", driver.WantDir)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	f, err := o.Folder()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	s, err := f.Stage(ctx, driver.StageOptions{ID: "a", Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Discard()
	if err = s.SaveJournal([]byte("safe"), true); err != nil {
		t.Fatal(err)
	}
	if err = s.SaveJournal([]byte("later, and longer"), false); err != nil {
		t.Fatal(err)
	}
	fast := filepath.Join(d.opts.Root, ".portico", "test", "stage", "a"+fastSuffix)
	whole, err := os.ReadFile(fast)
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) + 1 {
		torn := bytes.Clone(whole[:n])
		want := "safe"
		if n == len(whole) {
			want = "later, and longer"
		}
		for _, zeros := range []int{0, len(whole) - n} {
			if err := os.WriteFile(fast, append(torn, make([]byte, zeros)...), 0o600); err != nil {
				t.Fatal(err)
			}
			if got, err := s.Journal(); err != nil || string(got) != want {
				t.Fatalf("cut at %d: journal %q, %v; want %q", n, got, err, want)
			}
		}
	}
}

// TestJournalOfAnotherStart: what was not synced is not believed after another start of the system,
// where something that was synced is there.
func TestJournalOfAnotherStart(t *testing.T) {
	root, err := opener(false)(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.close()
	write := func(name string, data []byte) {
		t.Helper()
		if err := replaceFile(root, name, data, false); err != nil {
			t.Fatal(err)
		}
	}
	want := func(want string) {
		t.Helper()
		if got, _, err := readJournal(root, "a"); err != nil || string(got) != want {
			t.Errorf("%q %v, want %q", got, err, want)
		}
	}
	write("a.fast", packJournal(bootMark, 9, append(make([]byte, bootSize), "long ago"...)))
	want("long ago")
	write("a.safe", packJournal(journalMark, 5, []byte("synced")))
	want("synced")
	if now := bootSum(); bootID() != "" {
		write("a.fast", packJournal(bootMark, 6, append(now[:], "now"...)))
		want("now")
	}
}

func FuzzJournal(f *testing.F) {
	f.Add(packJournal(journalMark, 1, []byte("data")))
	f.Add([]byte(journalMark))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		seq, data, _, ok := unpackJournal(b)
		if ok && string(b[:len(journalMark)]) == journalMark && !bytes.Equal(packJournal(journalMark, seq, data), b) {
			t.Errorf("%q was believed", b)
		}
	})
}

func FuzzName(f *testing.F) {
	for _, n := range []string{".", "a/b", "../x", "a//b", ".portico", "\xff", "a\x00b"} {
		f.Add(n)
	}
	root := f.TempDir()
	outside := filepath.Join(filepath.Dir(root), "outside")
	if err := os.WriteFile(outside, nil, 0o600); err != nil {
		f.Fatal(err)
	}
	d, err := Open(f.Context(), Options{Root: root, Instance: "test"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { d.Close() })
	f.Fuzz(func(t *testing.T, name string) {
		o, err := d.Lookup(t.Context(), name, driver.WantInfo)
		if err != nil {
			return
		}
		defer o.Close()
		if real, out := o.Real(); real != "." || out || name != "." {
			t.Errorf("an empty volume holds %q: %q", name, real)
		}
	})
}

// TestOrphanedJournal: a crash right after a publication leaves a journal without content.
func TestOrphanedJournal(t *testing.T) {
	ctx := t.Context()
	d, err := Open(ctx, Options{Root: t.TempDir(), Instance: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	yard := filepath.Join(d.opts.Root, ".portico", "test", "stage")
	if err = os.MkdirAll(yard, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"gone.safe", "gone.fast", "gone.fast.new", "kept", "kept.safe"} {
		if err = os.WriteFile(filepath.Join(yard, n), packJournal(journalMark, 1, nil), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var ids []string
	for id, err := range d.Stages(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if len(ids) != 1 || ids[0] != "kept" {
		t.Errorf("stages %q", ids)
	}
	l, err := os.ReadDir(yard)
	if err != nil || len(l) != 2 {
		t.Errorf("left: %v, %v", l, err)
	}
}
