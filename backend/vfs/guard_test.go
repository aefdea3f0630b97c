package vfs_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// witness is a guard that writes down what it is asked, and refuses what it is told to.
type witness struct {
	name string
	mu   sync.Mutex
	seen []string
	no   map[string]error // moment or "moment verb" → refusal
	max  int64
}

func (w *witness) Name() string { return w.name }

func (w *witness) note(moment string, op *vfs.Op, more ...any) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = append(w.seen, strings.TrimSpace(fmt.Sprintln(append([]any{moment, op.Verb, op.Asked}, more...)...)))
	if err := w.no[moment+" "+string(op.Verb)]; err != nil {
		return err
	}
	return w.no[moment]
}

func (w *witness) Admit(_ context.Context, op *vfs.Op) error {
	if w.max > 0 && op.Verb == vfs.VerbCreate {
		op.Limit = w.max
	}
	return w.note("admit", op)
}
func (w *witness) Grow(_ context.Context, op *vfs.Op, total int64) error {
	return w.note("grow", op, total)
}
func (w *witness) Verify(_ context.Context, op *vfs.Op, c vfs.Staged) error {
	b, err := io.ReadAll(io.NewSectionReader(c, 0, c.Size()))
	if err != nil {
		return err
	}
	return w.note("verify", op, string(b), c.SHA256()[:8])
}
func (w *witness) Release(_ context.Context, op *vfs.Op, committed bool, size int64) {
	w.note("release", op, committed, size)
}

func (w *witness) take() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := strings.Join(w.seen, "\n")
	w.seen = nil
	return s
}

func TestGuardMoments(t *testing.T) {
	w := &witness{name: "witness", no: map[string]error{}}
	h := vfstest.New(t, vfstest.Guards(w))
	s := h.Owner()
	expect := func(want ...string) {
		t.Helper()
		if got := w.take(); got != strings.Join(want, "\n") {
			t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
		}
	}
	h.Put(s, "/files/a", "content")
	expect("admit create /files/a", "grow create /files/a 7", "verify create /files/a content ed7002b4", "release create /files/a true 7")
	h.Get(s, "/files/a")
	expect("admit open /files/a", "release open /files/a true 7")
	if _, err := s.Rename("/files/a", "/files/b", vfs.Refuse); err != nil {
		t.Fatal(err)
	}
	expect("admit rename /files/a", "release rename /files/a true 7")
	if _, err := s.Remove("/files/b"); err != nil {
		t.Fatal(err)
	}
	expect("admit remove /files/b", "release remove /files/b true 7")
	wr, err := s.Create("/files/c", vfs.CreateOptions{Size: -1, Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := wr.Write([]byte("1234")); err != nil {
		t.Fatal(err)
	}
	if err := wr.Keep(); err != nil {
		t.Fatal(err)
	}
	expect("admit create /files/c", "grow create /files/c 4")
	if wr, err = s.Resume(wr.ID()); err != nil {
		t.Fatal(err)
	}
	if err := wr.Abort(); err != nil {
		t.Fatal(err)
	}
	expect("admit create /files/c", "release create /files/c false 4")
	for moment, want := range map[string]error{"admit": vfs.ErrQuota, "grow": vfs.ErrQuota, "verify": vfs.ErrInfected} {
		w.no = map[string]error{moment + " create": &vfs.Error{Err: want, Text: "because"}}
		err := put(s, "/files/no", "content", vfs.CreateOptions{})
		var e *vfs.Error
		if !errors.Is(err, want) || !errors.As(err, &e) || e.Text != "because" || e.Path != "/files/no" {
			t.Errorf("%s: %v", moment, err)
		}
		w.take()
	}
	wantNames(t, s, "/files")
	w.take()
	w.no, w.max = nil, 5
	if err := put(s, "/files/no", "content", vfs.CreateOptions{}); !errors.Is(err, vfs.ErrTooLarge) {
		t.Error(err)
	}
	noStages(t, h)
}

// TestGuardsReleaseInOrder: when a later guard refuses, those before it that had admitted are released.
func TestGuardsReleaseInOrder(t *testing.T) {
	one, two := &witness{name: "one"}, &witness{name: "two", no: map[string]error{"admit": vfs.ErrBusy}}
	h := vfstest.New(t, vfstest.Guards(one, two))
	if err := put(h.Owner(), "/files/a", "x", vfs.CreateOptions{}); !errors.Is(err, vfs.ErrBusy) {
		t.Error(err)
	}
	if got := one.take(); got != "admit create /files/a\nrelease create /files/a false 0" {
		t.Error(got)
	}
	if got := two.take(); got != "admit create /files/a" {
		t.Error(got)
	}
}

func TestReadOnlyAndFloor(t *testing.T) {
	h := vfstest.New(t,
		vfstest.Volume(vfs.Volume{Name: "ro", Path: "/ro", ReadOnly: true}),
		vfstest.Volume(vfs.Volume{Name: "full", Path: "/full", FloorBytes: 1 << 60, Durability: store.Fast}),
		vfstest.Volume(vfs.Volume{Name: "rw", Path: "/rw"}))
	write(t, h.Disk["/ro"]+"/a", "a")
	s := h.Owner()
	h.Put(s, "/rw/a", "a")
	_, err := s.Remove("/ro/a")
	_, err2 := s.Mkdir("/ro/d", false)
	_, err3 := s.Rename("/ro/a", "/rw/b", vfs.Refuse)
	_, err4 := s.Copy("/rw/a", "/ro/b", vfs.Refuse)
	_, err5 := s.Lock("/ro/a", vfs.LockRequest{})
	for i, err := range []error{err, err2, err3, err4, err5, put(s, "/ro/b", "x", vfs.CreateOptions{})} {
		if !errors.Is(err, vfs.ErrReadOnly) {
			t.Error(i, err)
		}
	}
	if _, err := s.Copy("/ro/a", "/rw/c", vfs.Refuse); err != nil {
		t.Error(err)
	}
	if err := put(s, "/full/a", "x", vfs.CreateOptions{}); !errors.Is(err, vfs.ErrNoSpace) {
		t.Error(err)
	}
	if free, total, err := s.Usage("/full"); err != nil || free != 0 || total == 0 {
		t.Error(free, total, err)
	}
	if _, err := s.Copy("/rw/a", "/full/a", vfs.Refuse); !errors.Is(err, vfs.ErrNoSpace) {
		t.Error(err)
	}
}
