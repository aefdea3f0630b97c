package vfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/backend/event"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

func TestOnExist(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	long := strings.Repeat("é", 125) + ".jpg" // 254 bytes
	for _, c := range []struct{ name, want, third string }{
		{"cat.jpg", "cat (2).jpg", "cat (3).jpg"},
		{"notes.tar.gz", "notes (2).tar.gz", "notes (3).tar.gz"},
		{"README", "README (2)", "README (3)"},
		{".profile", ".profile (2)", ".profile (3)"},
		{long, strings.Repeat("é", 123) + " (2).jpg", strings.Repeat("é", 123) + " (3).jpg"},
	} {
		h.Put(s, "/files/"+c.name, "1")
		for i, want := range []string{c.want, c.third} {
			r := putResult(t, s, "/files/"+c.name, fmt.Sprint("other", i), vfs.CreateOptions{OnExist: vfs.KeepBoth})
			if r.Name != want || r.Path != "/files/"+want || !r.Created {
				t.Errorf("%s: %+v", c.name, r)
			}
			if got := h.Get(s, "/files/"+want); got != fmt.Sprint("other", i) {
				t.Error(want, got)
			}
		}
	}
	if err := put(s, "/files/cat.jpg", "x", vfs.CreateOptions{OnExist: vfs.Refuse}); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	if err := put(s, "/files/cat.jpg", "x", vfs.CreateOptions{IfNone: true}); !errors.Is(err, vfs.ErrPrecondition) {
		t.Error(err)
	}
	if err := put(s, "/files/none", "x", vfs.CreateOptions{IfMatch: "*"}); !errors.Is(err, vfs.ErrPrecondition) {
		t.Error(err)
	}
	if err := put(s, "/files", "x", vfs.CreateOptions{}); !errors.Is(err, vfs.ErrKind) {
		t.Error(err)
	}
	if err := put(s, "/elsewhere/x", "x", vfs.CreateOptions{}); err == nil {
		t.Error("made outside of all volumes")
	}
}

// TestUnchanged: the same bytes again are no change, no event and no second file.
func TestUnchanged(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	first := h.Put(s, "/files/a", "same")
	for _, how := range []vfs.OnExist{vfs.Replace, vfs.KeepBoth, vfs.ReplaceOrKeepBoth} {
		when := time.Unix(1_500_000_000, 0)
		r := putResult(t, s, "/files/a", "same", vfs.CreateOptions{OnExist: how, ModTime: when})
		if !r.Unchanged || r.Created || r.Event != 0 || r.SHA256 != first.SHA256 || !r.ModTime.Equal(when) {
			t.Errorf("%+v", r)
		}
	}
	wantNames(t, s, "/files", "a")
	if e := h.Events(); len(e) != 1 {
		t.Errorf("%+v", e)
	}
}

// TestPreconditionsAtCommit: what was true at Create must still be true at Commit.
func TestPreconditionsAtCommit(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	v := h.Put(s, "/files/a", "one").Version
	begin := func(o vfs.CreateOptions) *vfs.Writer {
		t.Helper()
		o.Size = -1
		w, err := s.Create("/files/a", o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("late")); err != nil {
			t.Fatal(err)
		}
		return w
	}
	late := begin(vfs.CreateOptions{IfMatch: v})
	h.Put(s, "/files/a", "two")
	if _, err := late.Commit(); !errors.Is(err, vfs.ErrPrecondition) {
		t.Error(err)
	}
	late.Abort()
	if _, err := s.Remove("/files/a"); err != nil {
		t.Fatal(err)
	}
	late = begin(vfs.CreateOptions{IfNone: true})
	h.Put(h.Owner(), "/files/a", "three")
	if _, err := late.Commit(); !errors.Is(err, vfs.ErrPrecondition) {
		t.Error(err)
	}
	// A commit that failed leaves the write as it was.
	if late.Size() != 4 {
		t.Error(late.Size())
	}
	late.Abort()
	if got := h.Get(s, "/files/a"); got != "three" {
		t.Error(got)
	}
}

// TestManyWritersOneName: each commit is whole, each made exactly one event, and keep-both loses none.
func TestManyWritersOneName(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "r"))
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			s := h.Owner()
			if err := put(s, "/files/kept.txt", fmt.Sprintf("content %02d", i), vfs.CreateOptions{OnExist: vfs.KeepBoth}); err != nil {
				t.Error(err)
			}
			if err := put(s, "/files/last.txt", strings.Repeat(fmt.Sprintf("%02d", i), 100_000), vfs.CreateOptions{}); err != nil {
				t.Error(err)
			}
		})
	}
	readers := make(chan struct{})
	wg.Go(func() {
		s := h.Guest() // the owner would see the owner's own unfinished writes
		for {
			select {
			case <-readers:
				return
			default:
			}
			f, err := s.Open("/files/last.txt")
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				t.Error(err)
				return
			}
			buf := make([]byte, f.Entry().Size)
			if _, err := f.ReadAt(buf, 0); err != nil {
				t.Error(err)
			}
			if len(buf) != 200_000 || strings.Repeat(string(buf[:2]), 100_000) != string(buf) {
				t.Error("a reader saw a mix")
			}
			f.Close()
			if len(h.Events()) >= 32 {
				return
			}
		}
	})
	wg.Wait()
	close(readers)
	seen := map[string]bool{}
	list, err := h.Owner().List("/files")
	if err != nil || len(list) != 17 {
		t.Fatal(len(list), err)
	}
	for _, e := range list {
		if e.Name != "last.txt" {
			seen[h.Get(h.Owner(), e.Path)] = true
		}
	}
	if len(seen) != 16 {
		t.Error(len(seen))
	}
	created, replaced := 0, 0
	for _, e := range h.Events() {
		switch e.Kind {
		case event.Created:
			created++
		case event.Replaced:
			replaced++
		}
	}
	if created != 17 || replaced != 15 {
		t.Error(created, replaced)
	}
}
