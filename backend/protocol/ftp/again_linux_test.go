package ftp

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"portico/backend/protocol/protocoltest"
)

// TestTriesAgain: a program that goes on by itself when it is cut, over a longer file that is there,
// does not take that for what it sent.
func TestTriesAgain(t *testing.T) {
	if _, err := exec.LookPath("lftp"); err != nil {
		t.Skip("lftp is not installed")
	}
	h := protocoltest.NewHouse(t)
	h.Lay("/files/a", bytes.Repeat([]byte("o"), 600_000))
	d := serveHouse(t, h, Options{Times: Times{Stall: 500 * time.Millisecond}})
	c := (&server{"lftp", "ftp://" + d.Addrs()[0].String(), false}).Client(t, protocoltest.Alice).(*lftpClient)
	fresh := bytes.Repeat([]byte("n"), 400_000)
	file := filepath.Join(t.TempDir(), "up")
	if err := os.WriteFile(file, fresh, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := c.script("set net:limit-rate 200000", "set net:max-retries 3", "put "+arg(file)+" -o /files/a")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()
	eventually(t, "some of it came", func() bool {
		all := h.Tree.Transfers()
		return len(all) == 1 && all[0].Done > 0
	})
	// As if the network were gone for a while.
	for _, now := range []syscall.Signal{syscall.SIGSTOP, syscall.SIGCONT} {
		if err := cmd.Process.Signal(now); err != nil {
			t.Fatal(err)
		}
		if now == syscall.SIGSTOP {
			eventually(t, "it is given up", func() bool { return len(h.Tree.Transfers()) == 0 })
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	if got := h.OnDisk("/files/a"); !bytes.Equal(got, fresh) {
		t.Errorf("%d bytes, %d of them new", len(got), bytes.Count(got, []byte("n")))
	}
}
