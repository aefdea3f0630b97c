package limit_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"portico/backend/access"
	"portico/backend/vfs"
	"portico/backend/vfs/limit"
	"portico/backend/vfs/vfstest"
)

// TestPace: however many operations one party has, they share its rate; somebody else has another.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := limit.New(func(id access.Identity) (int64, int64) {
			if id.Kind == access.Owner {
				return 0, 0
			}
			return 1000, 500
		})
		op := func(id access.Identity, remote string, v vfs.Verb) *vfs.Op {
			return &vfs.Op{Verb: v, Identity: id, Origin: vfs.Origin{Remote: remote}}
		}
		guest := access.Identity{Kind: access.Guest}
		if r.Limits(op(vfstest.Owner(), "", vfs.VerbOpen)) || !r.Limits(op(guest, "", vfs.VerbOpen)) {
			t.Error("who is limited?")
		}
		took := func(o *vfs.Op, n int64) time.Duration {
			start := time.Now()
			if err := r.Pace(t.Context(), o, n); err != nil {
				t.Error(err)
			}
			return time.Since(start).Round(time.Millisecond)
		}
		if d := took(op(vfstest.Owner(), "", vfs.VerbOpen), 1<<30); d != 0 {
			t.Error(d)
		}
		if d := took(op(guest, "a", vfs.VerbOpen), 10_250); d != 10*time.Second {
			t.Error(d)
		}
		if d := took(op(guest, "a", vfs.VerbCreate), 1_125); d != 2*time.Second {
			t.Error("sending has a rate of its own", d)
		}
		if d := took(op(guest, "b", vfs.VerbOpen), 250); d != 0 {
			t.Error("somebody else waits too", d)
		}
		if d := took(op(vfstest.User("ann"), "a", vfs.VerbOpen), 250) + took(op(vfstest.User("ann"), "b", vfs.VerbOpen), 1000); d != time.Second {
			t.Error("an account has one rate wherever it is", d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := r.Pace(ctx, op(guest, "c", vfs.VerbOpen), 1<<20); err == nil {
			t.Error("waited beyond the end")
		}
	})
}

// TestThroughTheCore: what moves is limited, both ways, a change counts at once, and a slow transfer
// can be stopped.
func TestThroughTheCore(t *testing.T) {
	var rate atomic.Int64
	r := limit.New(func(access.Identity) (int64, int64) { return rate.Load(), rate.Load() })
	h := vfstest.New(t, vfstest.Guards(r))
	s := h.Owner()
	content := bytes.Repeat([]byte("x"), 1<<20)
	h.Put(s, "/files/a", string(content))
	rate.Store(4 << 20)
	f, err := s.Open("/files/a")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	if n, err := f.SendTo(&out, 0, -1); n != int64(len(content)) || err != nil || !bytes.Equal(out.Bytes(), content) {
		t.Fatal(n, err)
	}
	rate.Store(100)
	done := make(chan error, 2)
	go func() {
		_, err := f.SendTo(io.Discard, 0, -1)
		done <- err
	}()
	w, err := s.Create("/files/b", vfs.CreateOptions{Size: int64(len(content))})
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		_, err := w.ReadFrom(bytes.NewReader(content))
		done <- err
	}()
	for _, tr := range h.Tree.Transfers() {
		h.Tree.Stop(tr.ID)
	}
	for range 2 {
		select {
		case err := <-done:
			if !errors.Is(err, vfs.ErrClosed) {
				t.Error(err)
			}
		case <-time.After(10 * time.Second):
			t.Fatal("it cannot be stopped")
		}
	}
}
