package protocoltest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"portico/backend/access"
	"portico/backend/event"
)

// oneEventEach: every change is told once, with the door, the person and the place.
func oneEventEach(t *testing.T, d Door) {
	h, _, c := open(t, d)
	h.Lay("/files/d/x", nil)
	h.Lay("/files/d/y", nil)
	type step struct {
		kind event.Kind
		path string
		do   func() error
	}
	steps := []step{
		{event.Created, "/files/a", func() error { return c.Put("/files/a", []byte("one")) }},
		{event.Replaced, "/files/a", func() error { return c.Put("/files/a", []byte("two")) }},
	}
	if a := arranges(c); a != nil {
		gone := "/files/d"
		if _, ok := c.(OneByOne); ok {
			gone = "/files/d/x"
		}
		steps = append(steps,
			step{event.Folder, "/files/f", func() error { return a.Mkdir("/files/f") }},
			step{event.Renamed, "/files/f/b", func() error { return a.Rename("/files/a", "/files/f/b") }},
			step{event.Removed, gone, func() error { return a.Remove(gone) }})
	}
	if copier, ok := c.(Copier); ok {
		steps = append(steps, step{event.Copied, "/files/c", func() error { return copier.Copy("/files/f/b", "/files/c") }})
	}
	for _, step := range steps {
		before := len(changes(h))
		must(t, step.do())
		got := changes(h)[before:]
		if len(got) != 1 || got[0].Kind != step.kind || got[0].Path != step.path {
			t.Errorf("%s %s: told %+v", step.kind, step.path, got)
			continue
		}
		if e := got[0]; e.Door != d.Label || e.Name != Alice || !strings.HasPrefix(e.Remote, "127.0.0.1") && e.Remote != "::1" {
			t.Errorf("%s: door %q, name %q, from %q", step.kind, e.Door, e.Name, e.Remote)
		}
	}
}

// changes are the events that tell of a change in the tree.
func changes(h *House) []event.Event {
	kinds := []event.Kind{event.Created, event.Replaced, event.Appended, event.Folder, event.Removed, event.Restored, event.Renamed, event.Copied}
	return slices.DeleteFunc(h.Events(), func(e event.Event) bool { return !slices.Contains(kinds, e.Kind) })
}

func created(h *House, path string) bool {
	return slices.ContainsFunc(changes(h), func(e event.Event) bool { return e.Path == path })
}

// twoWriters: both may succeed; what stays is one of the two, whole.
func twoWriters(t *testing.T, d Door) {
	h, s, _ := open(t, d)
	contents := [][]byte{bytes.Repeat([]byte("1"), 900_000), bytes.Repeat([]byte("2"), 600_000)}
	var writers sync.WaitGroup
	for _, content := range contents {
		c := s.Client(t, Alice)
		writers.Go(func() {
			for range 5 {
				if err := c.Put("/files/same", content); err != nil && !errors.Is(err, ErrLocked) && !errors.Is(err, ErrRefused) {
					t.Errorf("a writer: %v", err)
				}
			}
		})
	}
	writers.Wait()
	if got := h.OnDisk("/files/same"); !bytes.Equal(got, contents[0]) && !bytes.Equal(got, contents[1]) {
		t.Errorf("%d bytes, %d of one and %d of the other", len(got), bytes.Count(got, []byte("1")), bytes.Count(got, []byte("2")))
	}
	if got := strings.Join(h.Names("/files"), " "); got != "inbox/ private/ same" {
		t.Errorf("on disk: %s", got)
	}
}

// endless lays a file that is longer than all buffers on the way.
func (h *House) endless(t *testing.T, name string) {
	h.Lay(name, nil)
	must(t, os.Truncate(h.Path(name), 4<<30))
}

// stopButton: stopping a transfer ends it for its client, who is told that it is not whole.
func stopButton(t *testing.T, d Door) {
	h, _, c := open(t, d)
	h.endless(t, "/files/big")
	h.ends(t, c, func() {
		for _, tr := range h.Tree.Transfers() {
			h.Tree.Stop(tr.ID)
		}
	})
}

// revokedInTheMiddle: a right that is taken away ends what goes on by it.
func revokedInTheMiddle(t *testing.T, d Door) {
	h, _, c := open(t, d)
	h.endless(t, "/files/big")
	h.ends(t, c, func() {
		h.Regrant(func(g access.Grant) bool { return !strings.HasPrefix(g.Path, "/files") })
	})
}

// ends reads the endless file until something ends it.
func (h *House) ends(t *testing.T, c Client, end func()) {
	t.Helper()
	r, err := c.Get("/files/big")
	must(t, err)
	defer r.Close()
	if _, err := io.CopyN(io.Discard, r, 1<<20); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it is being sent", func() bool { return len(h.Tree.Transfers()) == 1 })
	end()
	n, err := io.Copy(io.Discard, r)
	if n > 3<<30 {
		t.Errorf("%d bytes more came", n)
	}
	if err == nil {
		err = r.Close()
	}
	if err == nil {
		t.Error("the client takes what it got for the whole")
	}
	h.quiet(t)
}

// nothingStaysOpen: clients that leave in the middle of everything leave nothing behind.
func nothingStaysOpen(t *testing.T, d Door) {
	h, s, _ := open(t, d)
	h.endless(t, "/files/big")
	for range 5 {
		c := s.Client(t, Alice)
		r, err := c.Get("/files/big")
		must(t, err)
		if _, err := io.CopyN(io.Discard, r, 1000); err != nil {
			t.Fatal(err)
		}
		// It is not whole, and nobody asked for the rest.
		_ = r.Close()
	}
	h.quiet(t)
}
