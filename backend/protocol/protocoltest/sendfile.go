package protocoltest

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
)

// sendfileChild marks the process that serves under strace.
const sendfileChild = "PORTICO_SENDFILE_CHILD"

// Sendfile runs the test that calls it once more, in a child process under strace, where serve opens a door
// and says where; ask fetches from there. It adds up what sendfile sent meanwhile. In the child there is
// nothing to count, and child is true.
func Sendfile(t *testing.T, serve func() (at string, stop func(context.Context) error), ask func(at string)) (sent int, child bool) {
	t.Helper()
	if os.Getenv(sendfileChild) != "" {
		at, stop := serve()
		fmt.Println(at)
		_, _ = io.Copy(io.Discard, os.Stdin) // until it ends
		if err := stop(context.Background()); err != nil {
			t.Error(err)
		}
		return 0, true
	}
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	}
	if exec.Command("strace", "-o", "/dev/null", "true").Run() != nil {
		t.Skip("strace may not trace here")
	}
	trace := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command("strace", "-f", "-qq", "-e", "trace=sendfile", "-o", trace, os.Args[0], "-test.run", "^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), sendfileChild+"=1")
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
	ask(strings.TrimSpace(at))
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
	for _, m := range regexp.MustCompile(`sendfile.*= (\d+)\n`).FindAllStringSubmatch(string(data), -1) {
		n, _ := strconv.Atoi(m[1])
		sent += n
	}
	return sent, false
}
