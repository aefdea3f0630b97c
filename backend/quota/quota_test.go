package quota_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"portico/backend/access"
	"portico/backend/quota"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// lazy is a guard that is made once the store is there.
type lazy struct {
	*quota.Guard
	limit atomic.Int64
	files atomic.Int64 // in the volume
}

func (l *lazy) rule(op *vfs.Op) []quota.Bound {
	b := quota.Bound{Purse: quota.PaidBy(op.Identity), Who: "You"}
	if vfs.Payer(op.Identity).Kind == access.Account {
		b.Bytes = l.limit.Load()
	}
	within := quota.Bound{Purse: quota.Purse{Kind: quota.Within, ID: op.Volume}, Who: "This folder", Files: l.files.Load()}
	return []quota.Bound{within, b}
}

func house(t *testing.T, limit int64, opts ...vfstest.Option) (*vfstest.House, *lazy) {
	t.Helper()
	l := &lazy{}
	l.limit.Store(limit)
	h := vfstest.New(t, append(opts,
		vfstest.GuardsOf(func(s *store.Store) []vfs.Guard {
			l.Guard = quota.New(s, l.rule)
			return []vfs.Guard{l.Guard}
		}),
		vfstest.Grant("/files", vfstest.Account("ann"), "rwmd"))...)
	return h, l
}

func put(s *vfs.Session, name string, size, announced int) error {
	w, err := s.Create(name, vfs.CreateOptions{Size: int64(announced)})
	if err != nil {
		return err
	}
	if _, err = w.Write(make([]byte, size)); err == nil {
		_, err = w.Commit()
	}
	if err != nil {
		w.Abort()
	}
	return err
}

func wantUsed(t *testing.T, l *lazy, want int64) {
	t.Helper()
	if used, _, err := l.Used(context.Background(), quota.PaidBy(vfstest.User("ann"))); err != nil || used != want {
		t.Errorf("%d bytes used, want %d: %v", used, want, err)
	}
}

func TestQuota(t *testing.T) {
	h, l := house(t, 1000)
	s := h.Session(vfstest.User("ann"))
	full := func(err error) {
		t.Helper()
		if !errors.Is(err, vfs.ErrQuota) {
			t.Error(err)
		}
	}
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Error(err)
		}
	}
	ok(put(s, "/files/a", 400, 400))
	ok(put(s, "/files/b", 500, -1))
	full(put(s, "/files/c", 101, 101)) // refused before a byte came
	full(put(s, "/files/c", 101, -1))  // … and when too many have come
	ok(put(s, "/files/c", 100, -1))
	wantUsed(t, l, 1000)
	full(put(s, "/files/d", 1, -1))
	full(put(s, "/files/d", 0, -1))
	_, err := s.Copy("/files/a", "/files/copy", vfs.Refuse)
	full(err)
	if _, err := s.Remove("/files/b"); err != nil {
		t.Fatal(err)
	}
	wantUsed(t, l, 500)
	_, err = s.Copy("/files/a", "/files/copy", vfs.Refuse)
	ok(err)
	wantUsed(t, l, 900)
	ok(put(s, "/files/c", 90, 90)) // instead of 100
	wantUsed(t, l, 890)
	_, err = s.Rename("/files/c", "/files/e", vfs.Refuse)
	ok(err)
	wantUsed(t, l, 890)
	ok(put(h.Owner(), "/files/owners", 10_000, -1))
	l.limit.Store(2000)
	ok(put(s, "/files/f", 1000, -1))
	// What comes through a link of hers is hers.
	ann := vfstest.User("ann")
	link := access.Identity{Kind: access.Link, ID: "1", Behind: &ann, Mask: access.Write, Root: "/files"}
	full(put(h.Session(link), "/g", 111, -1))
	ok(put(h.Session(link), "/g", 110, -1))
	wantUsed(t, l, 2000)
	h.Reopen()
	wantUsed(t, l, 2000)
	full(put(h.Session(vfstest.User("ann")), "/files/h", 1, 1))
}

// TestManyUploadsAtOnce: uploads of unknown size share what is left; not all can pass one check.
func TestManyUploadsAtOnce(t *testing.T) {
	const limit, each = 20 << 20, 1 << 20
	h, l := house(t, limit)
	s := h.Session(vfstest.User("ann"))
	var wg sync.WaitGroup
	var stored atomic.Int64
	var writers []*vfs.Writer
	for i := range 64 {
		w, err := s.Create("/files/"+strconv.Itoa(i), vfs.CreateOptions{Size: -1})
		if err != nil {
			t.Fatal(err)
		}
		writers = append(writers, w)
	}
	for _, w := range writers {
		wg.Go(func() {
			for range 4 {
				if _, err := w.Write(make([]byte, each)); err != nil {
					if !errors.Is(err, vfs.ErrQuota) {
						t.Error(err)
					}
					w.Abort()
					return
				}
			}
			if r, err := w.Commit(); err != nil {
				t.Error(err)
			} else {
				stored.Add(r.Size)
			}
		})
	}
	wg.Wait()
	if n := stored.Load(); n > limit {
		t.Errorf("%d bytes stored of %d", n, limit)
	}
	wantUsed(t, l, stored.Load())
}

// TestTrashVersionsAndKeptUploadsCount: nothing that lies on the disk is free, over a restart either.
func TestTrashVersionsAndKeptUploadsCount(t *testing.T) {
	h, l := house(t, 1000, vfstest.Volume(vfs.Volume{Name: "files", Path: "/files", Trash: true, Versions: true}))
	s := h.Session(vfstest.User("ann"))
	for _, err := range []error{put(s, "/files/a", 300, -1), put(s, "/files/a", 200, -1), put(s, "/files/b", 100, -1)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Remove("/files/b"); err != nil {
		t.Fatal(err)
	}
	wantUsed(t, l, 600)
	within := quota.Purse{Kind: quota.Within, ID: "files"}
	if used, files, err := l.Used(context.Background(), within); err != nil || used != 600 || files != 2 {
		t.Errorf("the volume holds %d bytes in %d files: %v", used, files, err)
	}
	w, err := s.Create("/files/kept", vfs.CreateOptions{Size: 350, Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 250)); err != nil {
		t.Fatal(err)
	}
	if err := w.Keep(); err != nil {
		t.Fatal(err)
	}
	wantUsed(t, l, 950)
	h.Reopen()
	s = h.Session(vfstest.User("ann"))
	if used, _, _ := l.Used(context.Background(), quota.PaidBy(vfstest.User("ann"))); used < 850 {
		t.Error("a kept upload is forgotten over a restart", used)
	}
	if err := put(s, "/files/c", 200, -1); !errors.Is(err, vfs.ErrQuota) {
		t.Error(err)
	}
	if w, err = s.Resume(w.ID()); err != nil {
		t.Fatal(err)
	}
	if err := w.Abort(); err != nil {
		t.Fatal(err)
	}
	wantUsed(t, l, 600)
}

// TestFiles: files are counted per volume, whoever stores them; what replaces another adds none.
func TestFiles(t *testing.T) {
	h, l := house(t, 0)
	l.files.Store(3)
	s := h.Session(vfstest.User("ann"))
	for _, c := range []struct {
		name string
		full bool
	}{{"a", false}, {"b", false}, {"c", false}, {"d", true}, {"c", false}, {"d", true}} {
		err := put(s, "/files/"+c.name, 10, -1)
		if errors.Is(err, vfs.ErrQuota) != c.full || err != nil && !c.full {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if err := put(h.Owner(), "/files/d", 1, 1); err == nil || !strings.Contains(err.Error(), "may hold 3 files") {
		t.Error(err)
	}
	if _, err := s.Copy("/files/a", "/files/e", vfs.Refuse); !errors.Is(err, vfs.ErrQuota) {
		t.Error(err)
	}
	if _, err := s.Rename("/files/a", "/files/e", vfs.Refuse); err != nil {
		t.Error("a rename adds nothing:", err)
	}
	if _, err := s.Remove("/files/b"); err != nil {
		t.Fatal(err)
	}
	within := quota.Purse{Kind: quota.Within, ID: "files"}
	if _, files, err := l.Used(context.Background(), within); err != nil || files != 2 {
		t.Errorf("%d files: %v", files, err)
	}
	if err := put(s, "/files/d", 1, 1); err != nil {
		t.Error(err)
	}
}
