package vfs_test

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"testing"

	"portico/backend/event"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestLostWritesAreTold: what came in part and was given up is told with its reason; a probe, a write
// that waits and a name that was taken are not.
func TestLostWritesAreTold(t *testing.T) {
	h := vfstest.New(t)
	begin := func(s *vfs.Session, name, content string, o vfs.CreateOptions) *vfs.Writer {
		t.Helper()
		w, err := s.Create(name, o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Log(err)
		}
		return w
	}
	s := h.Owner()
	begin(s, "/files/cut", "half", vfs.CreateOptions{Size: 8}).Abort()
	begin(s, "/files/long", "more than was announced", vfs.CreateOptions{Size: 4}).Abort()
	begin(s, "/files/probe", "", vfs.CreateOptions{Size: -1}).Abort()
	begin(s, "/files/waits", "half", vfs.CreateOptions{Size: 8, Resume: true}).Keep()
	whole := begin(s, "/files/whole", "four", vfs.CreateOptions{Size: 4, OnExist: vfs.Refuse})
	taken := begin(s, "/files/whole", "five", vfs.CreateOptions{Size: 4, OnExist: vfs.Refuse})
	if _, err := whole.Commit(); err != nil {
		t.Fatal(err)
	}
	whole.Abort()
	if _, err := taken.Commit(); !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
	taken.Abort()
	left := h.Owner()
	begin(left, "/files/left", "half", vfs.CreateOptions{Size: 8})
	left.Close()
	got := map[string]string{}
	waitFor(t, "three losses", func() bool {
		for _, e := range h.Events() {
			if e.Kind == event.Failed {
				got[e.Path] = e.Text
			}
		}
		return len(got) >= 3
	})
	want := map[string]string{
		"/files/cut": "it was cut on the way", "/files/left": "it was cut on the way", "/files/long": "not all of it came, or more than was announced",
	}
	for path, text := range want {
		if got[path] != text {
			t.Errorf("%s: %q, want %q", path, got[path], text)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%v", got)
	}
}

// TestLostOnce: a door gives a write up while the session ends, and that is told once.
func TestLostOnce(t *testing.T) {
	h := vfstest.New(t)
	const rounds = 50
	for i := range rounds {
		s := h.Owner()
		w, err := s.Create(fmt.Sprintf("/files/%d", i), vfs.CreateOptions{Size: 8})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("half")); err != nil {
			t.Fatal(err)
		}
		var both sync.WaitGroup
		both.Go(s.Close)
		both.Go(func() { _ = w.Abort() })
		both.Wait()
	}
	times := map[string]int{}
	waitFor(t, "every loss", func() bool {
		clear(times)
		for _, e := range h.Events() {
			if e.Kind == event.Failed {
				times[e.Path]++
			}
		}
		return len(times) == rounds
	})
	for path, n := range times {
		if n != 1 {
			t.Errorf("%s: told %d times", path, n)
		}
	}
}
