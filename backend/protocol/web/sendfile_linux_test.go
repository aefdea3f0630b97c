package web

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"portico/backend/listen"
	"portico/backend/vfs/vfstest"
)

const sendfileSize = 64 << 20

// TestSendfile serves a file from a child process under strace and adds up what sendfile sent.
func TestSendfile(t *testing.T) {
	if os.Getenv("PORTICO_SENDFILE_CHILD") != "" {
		serveForSendfile(t)
		return
	}
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	}
	if exec.Command("strace", "-o", "/dev/null", "true").Run() != nil {
		t.Skip("strace may not trace here")
	}
	trace := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command("strace", "-f", "-qq", "-e", "trace=sendfile", "-o", trace, os.Args[0], "-test.run", "^TestSendfile$")
	cmd.Env = append(os.Environ(), "PORTICO_SENDFILE_CHILD=1")
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	url, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	fetchForSendfile(t, strings.TrimSpace(url))
	http.DefaultClient.CloseIdleConnections()
	stdin.Close()
	// The rest of its output is the test's own.
	_, _ = io.Copy(io.Discard, stdout)
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
	data, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0
	for _, m := range regexp.MustCompile(`sendfile.*= (\d+)\n`).FindAllStringSubmatch(string(data), -1) {
		n, _ := strconv.Atoi(m[1])
		sum += n
	}
	// What the header's write takes along is not much.
	if want := 2 * (sendfileSize - 1<<20); sum < want {
		t.Errorf("sendfile sent %d bytes, want at least %d", sum, want)
	}
}

// fetchForSendfile asks for all of the file, and for all but its first bytes.
func fetchForSendfile(t *testing.T, url string) {
	t.Helper()
	for _, ask := range []string{"", "bytes=1000-"} {
		req, _ := http.NewRequest("GET", url, nil)
		if ask != "" {
			req.Header.Set("Range", ask)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, resp.Body); err != nil || n < sendfileSize-1000 {
			t.Errorf("%d bytes, %v", n, err)
		}
		resp.Body.Close()
	}
}

// serveForSendfile is the child: it serves until its input ends.
func serveForSendfile(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "r"))
	if err := os.WriteFile(filepath.Join(h.Disk["/files"], "big.bin"), make([]byte, sendfileSize), 0o644); err != nil {
		t.Fatal(err)
	}
	d := New(Options{Front: NewFront(FrontOptions{Tree: h.Tree}), Listen: listen.Spec{Addrs: []string{"127.0.0.1:0"}}})
	if err := d.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("http://%s/files/big.bin\n", d.Addrs()[0])
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := d.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}
