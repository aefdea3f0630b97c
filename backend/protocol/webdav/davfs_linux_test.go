package webdav_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
)

// TestDavfs mounts a home with davfs2 and works there as in a folder of one's own.
func TestDavfs(t *testing.T) {
	need(t, "mount.davfs")
	h := newHouse(t)
	at, unmount := mountDavfs(t, h)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	files := filepath.Join(at, "files")
	src := someTree(t)
	must(os.CopyFS(filepath.Join(files, "up"), os.DirFS(src)))
	sameTree(t, src, filepath.Join(files, "up"))
	back := t.TempDir()
	must(os.CopyFS(back, os.DirFS(filepath.Join(files, "up"))))
	sameTree(t, src, back)

	// While a file is open to be written it is locked for everybody else, through every door.
	f, err := os.OpenFile(filepath.Join(files, "up/large.bin"), os.O_RDWR, 0)
	must(err)
	h.do("PUT", "/dav/files/up/large.bin", "@alice", ">theirs").want(t, 423)
	h.do("LOCK", "/dav/files/up/large.bin", "@alice", exclusive).want(t, 423)
	h.do("PROPFIND", "/dav/files/up/large.bin", "@alice", "Depth: 0").want(t, 207, "<D:activelock>", "<D:exclusive/>")
	_, err = f.WriteAt([]byte("EDITED"), 1_000_000)
	must(err)
	must(f.Truncate(1_200_000))
	must(f.Close())
	log, err := os.OpenFile(filepath.Join(files, "up/a.txt"), os.O_WRONLY|os.O_APPEND, 0)
	must(err)
	_, err = log.WriteString("more\n")
	must(err)
	must(log.Close())
	must(os.Rename(filepath.Join(files, "up/d"), filepath.Join(files, "up/moved")))
	must(os.Rename(filepath.Join(files, "up/a.txt"), filepath.Join(files, "up/empty"))) // over what is there
	must(os.Remove(filepath.Join(files, "up/moved/f.txt")))
	must(os.Remove(filepath.Join(files, "up/moved/e")))
	out, err := exec.Command("df", "--output=size,avail", at).CombinedOutput()
	if room := strings.Fields(string(out)); err != nil || len(room) != 4 || room[2] == "0" {
		t.Errorf("df: %v: %s", err, out)
	}
	unmount() // which waits until everything was sent

	large := h.OnDisk("/files/up/large.bin")
	if len(large) != 1_200_000 || string(large[1_000_000:1_000_006]) != "EDITED" {
		t.Errorf("what was edited is %d bytes", len(large))
	}
	h.holdsFile(t, "/files/up/empty", "a.txt\nmore\n")
	if got := strings.Join(h.Names("/files/up"), " "); got != "empty large.bin moved/ ü ß# 100%.bin" {
		t.Errorf("on disk: %s", got)
	}
	h.do("PUT", "/dav/files/up/large.bin", "@alice", ">free again").want(t, 204)
}

// mountDavfs mounts alice's home; only root may. The daemon runs as another user, which has to reach its
// cache.
func mountDavfs(t *testing.T, h *house) (at string, unmount func()) {
	t.Helper()
	if _, err := os.Stat("/dev/fuse"); err != nil || os.Geteuid() != 0 {
		t.Skip("nothing can be mounted here")
	}
	dir := t.TempDir()
	at = filepath.Join(dir, "at")
	cache, config, secrets := filepath.Join(dir, "cache"), filepath.Join(dir, "davfs2.conf"), filepath.Join(dir, "secrets")
	for _, err := range []error{
		os.Chmod(filepath.Dir(dir), 0o755), os.Mkdir(at, 0o755), os.Mkdir(cache, 0o755), os.Chmod(cache, 0o777|os.ModeSticky),
		// Newer kernels read folders in pieces that are larger than its usual buffer.
		os.WriteFile(config, fmt.Appendf(nil, "use_locks 1\nask_auth 0\ndelay_upload 0\nbuf_size 128\ncache_dir %s\nsecrets %s\n", cache, secrets), 0o600),
		os.WriteFile(secrets, fmt.Appendf(nil, "%s alice %s\n", at, protocoltest.Password("alice")), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command("mount.davfs", h.url+"/dav/", at, "-o", "conf="+config).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	mounted := true
	unmount = func() {
		t.Helper()
		if !mounted {
			return
		}
		mounted = false
		if out, err := exec.Command("umount", at).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
	t.Cleanup(unmount)
	return at, unmount
}
