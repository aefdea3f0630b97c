package sftp

import (
	"bytes"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
)

// TestParamiko: programs in Python.
func TestParamiko(t *testing.T) {
	const python = "/usr/bin/python3"
	if err := exec.Command(python, "-c", "import paramiko").Run(); err != nil {
		t.Skip("paramiko is not installed")
	}
	h := protocoltest.NewHouse(t)
	_, port, err := net.SplitHostPort(serveHouse(t, h))
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(python, "testdata/client.py", port, protocoltest.Alice, protocoltest.Password(protocoltest.Alice)).CombinedOutput()
	if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "done") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestSSHFS: programs that know nothing of a server work on its files: they write, add, change in the
// middle, cut, rename onto, and look at what they have just written.
func TestSSHFS(t *testing.T) {
	if _, err := exec.LookPath("sshfs"); err != nil {
		t.Skip("sshfs is not installed")
	}
	h := protocoltest.NewHouse(t)
	at := mount(t, serveHouse(t, h))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	content := bytes.Repeat([]byte("0123456789abcdef"), 200_000)
	must(os.WriteFile(filepath.Join(at, "a"), content, 0o644))
	got, err := os.ReadFile(filepath.Join(at, "a"))
	if err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	f, err := os.OpenFile(filepath.Join(at, "a"), os.O_RDWR, 0)
	must(err)
	_, err = f.WriteAt([]byte("XYZ"), 1_000_000)
	must(err)
	must(f.Truncate(2_000_000))
	if info, err := os.Stat(filepath.Join(at, "a")); err != nil || info.Size() != 2_000_000 {
		t.Errorf("while it is written: %v, %v", info, err)
	}
	must(f.Close())
	copy(content[1_000_000:], "XYZ")
	eventually(t, "what was changed is whole", func() bool { return bytes.Equal(h.OnDisk("/files/a"), content[:2_000_000]) })
	for _, line := range []string{"one\n", "two\n"} {
		log, err := os.OpenFile(filepath.Join(at, "log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
		must(err)
		_, err = log.WriteString(line)
		must(err)
		must(log.Close())
	}
	eventually(t, "both lines are there", func() bool { return string(h.OnDisk("/files/log")) == "one\ntwo\n" })
	must(os.WriteFile(filepath.Join(at, "log.new"), []byte("fresh\n"), 0o644))
	must(os.Rename(filepath.Join(at, "log.new"), filepath.Join(at, "log")))
	if got := h.OnDisk("/files/log"); string(got) != "fresh\n" {
		t.Errorf("%q", got)
	}
	must(os.Mkdir(filepath.Join(at, "d"), 0o755))
	must(os.Remove(filepath.Join(at, "d")))
	if err := os.Symlink("/etc/passwd", filepath.Join(at, "l")); err == nil {
		t.Error("a link was made")
	}
	must(os.Remove(filepath.Join(at, "a")))
	if got := strings.Join(h.Names("/files"), " "); got != "inbox/ log private/" {
		t.Errorf("on disk: %s", got)
	}
}

// mount mounts alice's files until the test ends.
func mount(t *testing.T, address string) string {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	at := t.TempDir()
	cmd := exec.Command("sshfs", "-o", "password_stdin,StrictHostKeyChecking=no,UserKnownHostsFile=/dev/null,LogLevel=ERROR", "-F", "/dev/null",
		"-p", port, protocoltest.Alice+"@"+host+":/files", at)
	cmd.Stdin = strings.NewReader(protocoltest.Password(protocoltest.Alice) + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		if _, serr := os.Stat("/dev/fuse"); serr != nil {
			t.Skip("nothing can be mounted here")
		}
		t.Fatalf("%v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("fusermount3", "-u", at).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	return at
}
