//go:build linux

package view

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"portico/backend/samba"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// mounted is a view with one visit to a house, by its owner, and the folder that the visit sees.
func mounted(t *testing.T, h *vfstest.House) (*View, *Visit, string) {
	t.Helper()
	root := os.Geteuid() == 0
	_, err := exec.LookPath("fusermount3")
	if unix.Access("/dev/fuse", unix.R_OK|unix.W_OK) != nil || !root && err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("fuse3 is not installed")
		}
		t.Skip("fuse3 is not installed")
	}
	at := t.TempDir()
	v, err := Mount(at, Options{Root: root, Names: 400})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Unmount(); err != nil {
			t.Error(err)
		}
	})
	visit := v.Enter(VisitOptions{
		Begin: func(string) (*vfs.Session, uint32, error) { return h.Owner(), 1, nil },
		Lives: func() bool { return true },
		Holds: samba.Holds,
	})
	t.Cleanup(visit.Leave)
	return v, visit, filepath.Join(at, visit.Name(), "owner")
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// TestForget: what a client has looked at is not remembered for ever, neither while it stays nor when it has
// gone, and what it has open stays as it is.
func TestForget(t *testing.T) {
	h := vfstest.New(t)
	many := filepath.Join(h.Disk["/files"], "many")
	err := os.Mkdir(many, 0o700)
	for i := 0; i < 1_200 && err == nil; i++ {
		err = os.WriteFile(fmt.Sprintf("%s/%05d", many, i), nil, 0o600)
	}
	if err = errors.Join(err, os.WriteFile(many+"/00007", []byte("open"), 0o600)); err != nil {
		t.Fatal(err)
	}
	v, visit, at := mounted(t, h)
	open, err := os.Open(at + "/files/many/00007")
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	list, err := os.ReadDir(at + "/files/many")
	for _, e := range list {
		_, more := e.Info()
		err = errors.Join(err, more)
	}
	if err != nil || len(list) != 1_200 {
		t.Fatalf("%d names, %v", len(list), err)
	}
	u, err := visit.user("owner")
	if err != nil {
		t.Fatal(err)
	}
	known := func() (nodes, paths int) {
		v.inos.mu.Lock()
		defer v.inos.mu.Unlock()
		return len(u.known), len(v.inos.paths)
	}
	eventually(t, "most are forgotten", func() bool { n, _ := known(); return n <= 400 })
	text := make([]byte, 4)
	if n, err := open.ReadAt(text, 0); err != nil || string(text[:n]) != "open" {
		t.Errorf("read %q, %v", text[:n], err)
	}
	if _, err := os.Stat(at + "/files/many/00007"); err != nil {
		t.Error(err)
	}
	open.Close()
	visit.Leave()
	eventually(t, "all are forgotten", func() bool { n, p := known(); return n == 0 && p == 0 })
}
