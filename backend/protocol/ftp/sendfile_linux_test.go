package ftp

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
)

const sendfileSize = 64 << 20

// TestSendfile serves a file from a child process under strace and adds up what sendfile sent: RETR in
// the clear copies nothing by itself.
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
	said := bufio.NewReader(stdout)
	at, err := said.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	c := callAt(t, strings.TrimSpace(at))
	c.wants(220)
	c.want(331, "USER "+protocoltest.Alice)
	c.want(230, "PASS "+protocoltest.Password(protocoltest.Alice))
	for off, more := range map[int]string{0: "REST 0", 1000: "REST 1000"} {
		c.want(350, more)
		if got, code := c.fetch("RETR /files/big.bin"); code != 226 || len(got) != sendfileSize-off {
			t.Errorf("%s: %d bytes, %d", more, len(got), code)
		}
	}
	c.Close()
	stdin.Close()
	// The rest of its output is the test's own.
	_, _ = io.Copy(io.Discard, said)
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
	if want := 2*sendfileSize - 1000; sum != want {
		t.Errorf("sendfile sent %d bytes, want %d", sum, want)
	}
}

// serveForSendfile is the child: it serves until its input ends.
func serveForSendfile(t *testing.T) {
	h := protocoltest.NewHouse(t)
	h.Lay("/files/big.bin", make([]byte, sendfileSize))
	d := openHouse(t, h, Options{})
	fmt.Println(d.Addrs()[0])
	_, _ = io.Copy(io.Discard, os.Stdin)
	if err := d.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}
