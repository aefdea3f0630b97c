package protocoltest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"portico/backend/vfs"
)

// overwriteIsAtomic: readers beside a writer see the old file or the new one, whole.
func overwriteIsAtomic(t *testing.T, d Door) {
	h, s, c := open(t, d)
	old, fresh := bytes.Repeat([]byte("o"), 700_000), bytes.Repeat([]byte("n"), 500_000)
	h.Lay("/files/a", old)
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		reader := s.Client(t, Alice)
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				got, err := fetch(reader, "/files/a")
				if err != nil || !bytes.Equal(got, old) && !bytes.Equal(got, fresh) {
					t.Errorf("a reader saw %d bytes, %d of them old: %v", len(got), bytes.Count(got, []byte("o")), err)
					return
				}
			}
		})
	}
	for i := range 10 {
		content := fresh
		if i%2 == 1 {
			content = old
		}
		must(t, c.Put("/files/a", content))
	}
	close(stop)
	readers.Wait()
}

func cutLeavesNothing(t *testing.T, d Door) {
	h, _, c := open(t, d)
	cutter, ok := c.(Cutter)
	if !ok {
		return
	}
	before := h.Names("/files")
	for _, sent := range []int{0, 1, 300_000, 999_999} {
		must(t, cutter.PutCut("/files/new.bin", pattern(1_000_000), sent))
		h.quiet(t)
		if got := h.Names("/files"); !slices.Equal(got, before) {
			t.Errorf("cut after %d bytes: %q", sent, got)
		}
	}
	_, err := fetch(c, "/files/new.bin")
	wantMissing(t, "get", err)
	if n := len(h.Events()); n > 0 && created(h, "/files/new.bin") {
		t.Error("an event tells of a file that never was")
	}
}

func cutLeavesOld(t *testing.T, d Door) {
	h, _, c := open(t, d)
	cutter, ok := c.(Cutter)
	if !ok {
		return
	}
	old := pattern(1000)
	h.Lay("/files/a.bin", old)
	must(t, cutter.PutCut("/files/a.bin", pattern(1_000_000), 500_000))
	h.quiet(t)
	h.holds(t, "/files/a.bin", old)
	reads(t, c, "/files/a.bin", old)
	// and the name is free for the next try
	must(t, c.Put("/files/a.bin", pattern(2000)))
	h.holds(t, "/files/a.bin", pattern(2000))
}

func resumed(t *testing.T, d Door) {
	h, _, c := open(t, d)
	r, ok := c.(Resumer)
	if !ok {
		return
	}
	content := pattern(2 << 20)
	for _, first := range []int{1, 1 << 20, 2<<20 - 1} {
		name := fmt.Sprintf("/files/%d", first)
		must(t, r.PutResumed(name, content, first))
		h.holds(t, name, content)
	}
	h.quiet(t)
}

func rename(t *testing.T, d Door) {
	h, _, c := open(t, d)
	a := arranges(c)
	if a == nil {
		return
	}
	h.Lay("/files/a", []byte("a"))
	h.Lay("/files/d/x", []byte("x"))
	h.Lay("/files/e/y", []byte("y"))
	must(t, a.Rename("/files/a", "/files/b"))
	must(t, a.Rename("/files/d", "/files/e/d"))
	must(t, a.Rename("/files/b", "/files/e/d/b"))
	if got := strings.Join(h.Names("/files"), " "); got != "e/ e/d/ e/d/b e/d/x e/y inbox/ private/" {
		t.Errorf("on disk: %s", got)
	}
	if err := a.Rename("/files/e", "/files/e/d/e"); err == nil {
		t.Error("a folder was moved into itself")
	}
	if err := a.Rename("/files/e/y", "/files/none/y"); err == nil {
		t.Error("moved into a folder that is not there")
	}
	h.holds(t, "/files/e/y", []byte("y"))
}

func remove(t *testing.T, d Door) {
	h, _, c := open(t, d)
	a := arranges(c)
	if a == nil {
		return
	}
	h.Lay("/files/a", nil)
	h.Lay("/files/d/x", nil)
	h.Lay("/files/d/e/y", nil)
	must(t, a.Remove("/files/a"))
	must(t, a.Remove("/files/d"))
	if got := strings.Join(h.Names("/files"), " "); got != "inbox/ private/" {
		t.Errorf("on disk: %s", got)
	}
}

func duplicate(t *testing.T, d Door) {
	h, _, c := open(t, d)
	copier, ok := c.(Copier)
	if !ok {
		return
	}
	content := pattern(100_000)
	h.Lay("/files/a", content)
	h.Lay("/files/d/e/x", []byte("x"))
	must(t, copier.Copy("/files/a", "/files/b"))
	must(t, copier.Copy("/files/d", "/files/f"))
	h.holds(t, "/files/b", content)
	h.holds(t, "/files/f/e/x", []byte("x"))
	// a copy is a file of its own
	must(t, c.Put("/files/b", []byte("other")))
	h.holds(t, "/files/a", content)
}

func mayOnlyAdd(t *testing.T, d Door) {
	h, s, _ := open(t, d)
	h.Lay("/files/inbox/theirs.txt", []byte("theirs"))
	bob := s.Client(t, Bob)
	must(t, bob.Put("/files/inbox/mine.txt", []byte("mine")))
	h.holds(t, "/files/inbox/mine.txt", []byte("mine"))
	// one's own may be filled again for a while: clients put an empty file first
	must(t, bob.Put("/files/inbox/mine.txt", []byte("mine again")))
	err := bob.Put("/files/inbox/theirs.txt", []byte("bob's"))
	if _, both := bob.(KeepsBoth); both != (err == nil) || err != nil && !denied(err) {
		t.Errorf("sent to a taken name: %v", err)
	}
	h.holds(t, "/files/inbox/theirs.txt", []byte("theirs"))
	if _, err := fetch(bob, "/files/inbox/theirs.txt"); !denied(err) {
		t.Errorf("read by who may only add: %v", err)
	}
	a := arranges(bob)
	if a == nil {
		return
	}
	if err := a.Remove("/files/inbox/theirs.txt"); !denied(err) {
		t.Errorf("removed by who may only add: %v", err)
	}
	names, err := a.List("/files/inbox")
	if err == nil && slices.Contains(names, "theirs.txt") {
		t.Errorf("listed for who may only add: %q", names)
	}
}

func quotaInMidStream(t *testing.T, d Door) {
	h, _, c := open(t, d)
	must(t, c.Put("/small/fits", pattern(smallQuota)))
	err := c.Put("/small/big", pattern(8<<20))
	if !errors.Is(err, ErrFull) && !errors.Is(err, ErrRefused) && !errors.Is(err, ErrCut) {
		t.Errorf("over the quota: %v", err)
	}
	h.quiet(t)
	if got := strings.Join(h.Names("/small"), " "); got != "fits" {
		t.Errorf("on disk: %s", got)
	}
	must(t, c.Put("/small/next", []byte("still works")))
}

// locked: a lock that somebody took through any door holds at this one.
func locked(t *testing.T, d Door) {
	h, _, c := open(t, d)
	h.Lay("/files/a", []byte("a"))
	owner := h.Owner()
	lock, err := owner.Lock("/files/a", vfs.LockRequest{})
	must(t, err)
	tries := map[string]error{"put": c.Put("/files/a", []byte("b"))}
	if a := arranges(c); a != nil {
		tries["remove"], tries["rename"] = a.Remove("/files/a"), a.Rename("/files/a", "/files/b")
	}
	for what, err := range tries {
		if !errors.Is(err, ErrLocked) && !denied(err) {
			t.Errorf("%s: %v", what, err)
		}
	}
	h.holds(t, "/files/a", []byte("a"))
	reads(t, c, "/files/a", []byte("a"))
	must(t, owner.Unlock(lock.Token))
	must(t, c.Put("/files/a", []byte("b")))
}

// writtenBeside: what other doors and programs write shows here, and what is written here shows there.
func writtenBeside(t *testing.T, d Door) {
	h, _, c := open(t, d)
	owner := h.Owner()
	h.Put(owner, "/files/core", "from the core")
	reads(t, c, "/files/core", []byte("from the core"))
	h.Lay("/files/disk", []byte("from the disk"))
	reads(t, c, "/files/disk", []byte("from the disk"))
	must(t, os.WriteFile(h.Path("/files/disk"), []byte("changed on the disk"), 0o644))
	reads(t, c, "/files/disk", []byte("changed on the disk"))
	must(t, c.Put("/files/door", []byte("from the door")))
	if got := h.Get(owner, "/files/door"); got != "from the door" {
		t.Errorf("in the core: %q", got)
	}
	must(t, os.Remove(h.Path("/files/disk")))
	_, err := fetch(c, "/files/disk")
	wantMissing(t, "get", err)
}
