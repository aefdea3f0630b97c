package vfs_test

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// stalled is a connection whose client reads nothing: a write to it blocks until its deadline.
func stalled(t *testing.T) net.Conn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close(); server.Close() })
	return server
}

const big = 64 << 20

func bigFile(t *testing.T, h *vfstest.House, name string) {
	t.Helper()
	w, err := h.Owner().Create(name, vfs.CreateOptions{Size: big})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.ReadFrom(io.LimitReader(zeros{}, big)); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Commit(); err != nil {
		t.Fatal(err)
	}
}

// waitFor waits until a condition holds.
func waitFor(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); {
		if time.Now().After(end) {
			t.Fatal("waited in vain: " + what)
		}
		time.Sleep(time.Millisecond)
	}
}

// TestStalledReaderEnds: whatever ends a transfer ends it also while its client takes nothing.
func TestStalledReaderEnds(t *testing.T) {
	h := vfstest.New(t)
	bigFile(t, h, "/files/big")
	grants := func(letters string) *access.Policy {
		return access.NewPolicy([]access.Grant{{Path: "/files", Who: vfstest.Everyone(), Rights: vfstest.Rights(letters)}})
	}
	for name, end := range map[string]func(s *vfs.Session, cancel func()){
		"revoke": func(*vfs.Session, func()) { h.Tree.SetPolicy(grants("w")) },
		"close":  func(s *vfs.Session, _ func()) { s.Close() },
		"cancel": func(_ *vfs.Session, cancel func()) { cancel() },
		"unshare": func(*vfs.Session, func()) {
			h.Tree.EndSessions(func(id access.Identity) bool { return id.Kind == access.Guest })
		},
		"stop": func(*vfs.Session, func()) {
			list := h.Tree.Transfers()
			if len(list) != 1 || list[0].Path != "/files/big" || list[0].Total != big || list[0].Verb != vfs.VerbOpen {
				t.Errorf("%+v", list)
			}
			if !h.Tree.Stop(list[0].ID) {
				t.Error("nothing stopped")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h.Tree.SetPolicy(grants("r"))
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			s := h.Tree.Session(ctx, access.Identity{Kind: access.Guest}, vfs.Origin{})
			defer s.Close()
			f, err := s.Open("/files/big")
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			done := make(chan error, 1)
			conn := stalled(t)
			go func() {
				n, err := f.SendTo(conn, 0, -1)
				if n >= big {
					t.Error("everything went")
				}
				done <- err
			}()
			// It is stalled when the connection's buffers are full.
			last, stands := int64(-1), 0
			waitFor(t, "a stall", func() bool {
				list := h.Tree.Transfers()
				if len(list) != 1 || list[0].Done != last {
					stands = 0
				}
				if len(list) == 1 {
					last = list[0].Done
				}
				stands++
				time.Sleep(10 * time.Millisecond)
				return stands > 5
			})
			end(s, cancel)
			select {
			case err := <-done:
				if !errors.Is(err, vfs.ErrClosed) {
					t.Error(err)
				}
			case <-time.After(5 * time.Second):
				t.Fatal("it still hangs")
			}
			if _, err := f.Read(make([]byte, 1)); !errors.Is(err, vfs.ErrClosed) {
				t.Error(err)
			}
		})
	}
	waitFor(t, "no transfers", func() bool { return len(h.Tree.Transfers()) == 0 })
}

// TestStalledWriterEnds: a write whose client sends nothing ends too, and nothing of it stays.
func TestStalledWriterEnds(t *testing.T) {
	h := vfstest.New(t)
	for _, resume := range []bool{false, true} {
		s := h.Owner()
		w, err := s.Create("/files/up", vfs.CreateOptions{Size: big, Resume: resume})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		conn := stalled(t)
		go func() {
			_, err := w.ReadFrom(conn)
			done <- err
		}()
		list := h.Tree.Transfers()
		if len(list) != 1 || list[0].Verb != vfs.VerbCreate || list[0].Total != big {
			t.Fatalf("%+v", list)
		}
		if !h.Tree.Stop(list[0].ID) {
			t.Error("nothing stopped")
		}
		if err := <-done; !errors.Is(err, vfs.ErrClosed) {
			t.Error(err)
		}
		if _, err := w.Commit(); !errors.Is(err, vfs.ErrClosed) {
			t.Error(err)
		}
		_, err = h.Owner().Resume(w.ID())
		if (err == nil) != resume {
			t.Error(resume, err)
		}
	}
}

// TestRevokedWriterCannotCommit: rights count when the file appears, not when the upload began.
func TestRevokedWriterCannotCommit(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "rw"))
	s := h.Guest()
	w, err := s.Create("/files/a", vfs.CreateOptions{Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	h.Tree.SetPolicy(access.NewPolicy([]access.Grant{{Path: "/files", Who: vfstest.Everyone(), Rights: access.Read}}))
	if _, err := w.Commit(); !errors.Is(err, vfs.ErrClosed) {
		t.Error(err)
	}
	if _, err := h.Owner().Stat("/files/a"); err == nil {
		t.Error("it appeared")
	}
	noStages(t, h)
}

// TestNothingLeaks: descriptors and goroutines are what they were, whatever was left open.
func TestNothingLeaks(t *testing.T) {
	h := vfstest.New(t)
	bigFile(t, h, "/files/big")
	work := func() {
		for range 20 {
			s := h.Tree.Session(context.Background(), vfstest.Owner(), vfs.Origin{})
			if _, err := s.Open("/files/big"); err != nil {
				t.Fatal(err)
			}
			if _, err := s.List("/files"); err != nil {
				t.Fatal(err)
			}
			w, err := s.Create("/files/left", vfs.CreateOptions{Size: -1})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.ReadFrom(io.LimitReader(zeros{}, 3<<20)); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Open("/files/none"); err == nil {
				t.Fatal("opened nothing")
			}
			if _, err := s.Open("/files"); err == nil {
				t.Fatal("opened a folder")
			}
			s.Close()
			if _, err := s.Stat("/files"); !errors.Is(err, vfs.ErrClosed) {
				t.Fatal(err)
			}
		}
	}
	work()
	before := descriptors(t)
	work()
	if after := descriptors(t); after > before {
		t.Errorf("%d descriptors, then %d", before, after)
	}
	noStages(t, h)
}

func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("descriptors cannot be counted here")
	}
	return len(list)
}

// TestReadsAreSummed: what one visitor reads in one folder is one event, however often it is read.
func TestReadsAreSummed(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	for _, name := range []string{"/files/a/1", "/files/a/2", "/files/a/b/3"} {
		h.Put(s, name, "12345")
		h.Get(s, name)
		h.Get(s, name)
	}
	h.Reopen()
	var reads []event.Event
	for _, e := range h.Events() {
		if e.Kind == event.Read {
			reads = append(reads, e)
		}
	}
	if len(reads) != 2 {
		t.Fatalf("%+v", reads)
	}
	for i, want := range []event.Event{{Path: "/files/a", Count: 2, Size: 20}, {Path: "/files/a/b/3", Count: 1, Size: 10}} {
		if e := reads[i]; e.Count != want.Count || e.Size != want.Size || e.Path != want.Path || e.Identity != "owner:" {
			t.Errorf("%+v", e)
		}
	}
}
