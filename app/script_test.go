//go:build unix

package app

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"portico": func() { os.Exit(Main()) }})
}

// The stories: whole programs, real clients. Besides testscript's own commands there are
//
//	up NAME ARG…           start `portico ARG…` in the background and wait until it is ready; the first
//	                       address of its web door, without the slash at the end, is then $URL, those
//	                       of its doors are $HTTP, $SFTP …
//	down NAME [SIGNAL]     end it by TERM (or INT, KILL) and wait; what it wrote is then stdout and stderr
//	signal NAME SIGNAL     send it a signal and go on
//	status CODE ARG…       curl ARG…; the answer must have that code; its body is then in the file answer
//	until CODE ARG…        the same, again and again for at most 20 s
//	random FILE SIZE       make a file of bytes that do not compress
//	mode OCTAL FILE        the mode of a file
//	transferring           wait until the instance of $PORTICO_DATA has a transfer under way
//	code NUMBER ARG…       `portico ARG…`, which must end with that code; what it wrote is then stdout and stderr
//	port VAR URL           put the port of a URL into a variable
//	word VAR FILE          put the first word of a file into a variable
//	link VAR FILE          put the link that `share --json` wrote into a variable, without the last slash
//	damage FILE            overwrite a page in the middle of a database, as a failing disk does
//	names FOLDER           fill a folder with files of hostile names, each holding its own name
//	walk URL NUMBER        fetch every file of a listing; there must be that many, each holding its name
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Vars = append(e.Vars, "PORTICO_DATA="+filepath.Join(e.WorkDir, ".data"), "HOME="+e.WorkDir)
			e.Values[houseKey{}] = &street{running: make(map[string]*house)}
			e.Defer(func() { e.Values[houseKey{}].(*street).demolish() })
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"up": up, "down": down, "status": status, "until": until, "random": random, "mode": mode,
			"transferring": transferring, "port": port, "link": link, "word": word, "names": names, "walk": walk,
			"damage": damage, "signal": signalHouse, "code": code,
		},
	})
}

type houseKey struct{}

// street holds the instances that a script started.
type street struct{ running map[string]*house }

type house struct {
	cmd      *exec.Cmd
	out, err locked
	done     chan error
}

func (s *street) demolish() {
	for _, h := range s.running {
		h.cmd.Process.Kill()
		<-h.done
	}
}

// locked is a buffer that one goroutine fills while another looks.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func up(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: up NAME ARG…")
	}
	h := &house{cmd: program(ts, args[1:]), done: make(chan error, 1)}
	stdout, err := h.cmd.StdoutPipe()
	ts.Check(err)
	h.cmd.Stderr = &h.err
	ts.Check(h.cmd.Start())
	ready, read := make(chan map[string]string, 1), make(chan struct{})
	go func() {
		defer close(read)
		urls := make(map[string]string)
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			fmt.Fprintln(&h.out, lines.Text())
			if door, url, ok := strings.Cut(lines.Text(), " "); ok && urls[door] == "" {
				urls[door] = strings.TrimSuffix(url, "/")
			}
			if lines.Text() == "ready" {
				ready <- urls
				urls = make(map[string]string)
			}
		}
	}()
	go func() { <-read; h.done <- h.cmd.Wait() }()
	select {
	case urls := <-ready:
		for door, url := range urls {
			ts.Setenv(strings.ToUpper(door), url)
		}
		ts.Setenv("URL", urls["http"])
		ts.Value(houseKey{}).(*street).running[args[0]] = h
	case err := <-h.done:
		ts.Fatalf("portico %s ended before it was ready: %v\n%s", args[1:], err, h.err.String())
	case <-time.After(30 * time.Second):
		h.cmd.Process.Kill()
		ts.Fatalf("portico %s is not ready\n%s", args[1:], h.err.String())
	}
}

// program prepares `portico ARG…` in the script's world.
func program(ts *testscript.TestScript, args []string) *exec.Cmd {
	path := ""
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if name := filepath.Join(dir, "portico"); path == "" && exists(name) {
			path = name
		}
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = ts.MkAbs(".")
	for _, name := range []string{"PATH", "HOME", "PORTICO_DATA", "PORTICO_CONFIG", "TMPDIR", "GOCOVERDIR"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	return cmd
}

var signals = map[string]syscall.Signal{"TERM": syscall.SIGTERM, "INT": syscall.SIGINT, "KILL": syscall.SIGKILL, "HUP": syscall.SIGHUP}

func signalHouse(ts *testscript.TestScript, _ bool, args []string) {
	h := ts.Value(houseKey{}).(*street).running[args[0]]
	if h == nil {
		ts.Fatalf("there is no %s", args[0])
	}
	ts.Check(h.cmd.Process.Signal(signals[args[1]]))
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

func down(ts *testscript.TestScript, neg bool, args []string) {
	street := ts.Value(houseKey{}).(*street)
	h := street.running[args[0]]
	if h == nil {
		ts.Fatalf("there is no %s", args[0])
	}
	delete(street.running, args[0])
	sig := syscall.SIGTERM
	if len(args) > 1 {
		sig = signals[args[1]]
	}
	// One that was asked to end before may have ended.
	if err := h.cmd.Process.Signal(sig); !errors.Is(err, os.ErrProcessDone) {
		ts.Check(err)
	}
	select {
	case err := <-h.done:
		var exit *exec.ExitError
		if sig != syscall.SIGKILL && (err != nil) != neg {
			ts.Fatalf("it ended with %v\n%s", err, h.err.String())
		}
		if err != nil && !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
	case <-time.After(30 * time.Second):
		h.cmd.Process.Kill()
		<-h.done
		ts.Fatalf("it does not end\n%s", h.err.String())
	}
	ts.Check(os.WriteFile(ts.MkAbs("stdout"), []byte(h.out.String()), 0o644))
	ts.Check(os.WriteFile(ts.MkAbs("stderr"), []byte(h.err.String()), 0o644))
}

// curl runs curl and returns the status of the answer, whose body lies in the file answer.
func curl(ts *testscript.TestScript, args []string) (code, more string) {
	os.Remove(ts.MkAbs("answer"))
	cmd := exec.Command("curl", append([]string{"-sS", "-o", "answer", "-w", "%{http_code}", "--max-time", "30"}, args...)...)
	cmd.Dir = ts.MkAbs(".")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		more = err.Error() + ": " + errs.String()
	}
	body, _ := os.ReadFile(ts.MkAbs("answer"))
	if len(body) > 2000 {
		body = body[:2000]
	}
	return out.String(), more + string(body)
}

func status(ts *testscript.TestScript, neg bool, args []string) {
	code, more := curl(ts, args[1:])
	if (code == args[0]) == neg {
		ts.Fatalf("status %s, want %s\n%s", code, args[0], more)
	}
}

func until(ts *testscript.TestScript, neg bool, args []string) {
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		code, more := curl(ts, args[1:])
		if (code == args[0]) != neg {
			return
		}
		if time.Now().After(deadline) {
			ts.Fatalf("still %s, want %s\n%s", code, args[0], more)
		}
	}
}

func random(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	// A linear congruential generator: the same bytes in every run.
	data, x := make([]byte, n), uint64(n)
	for i := range data {
		x = x*6364136223846793005 + 1442695040888963407
		data[i] = byte(x >> 56)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

func mode(ts *testscript.TestScript, neg bool, args []string) {
	about, err := os.Lstat(ts.MkAbs(args[1]))
	ts.Check(err)
	if got := fmt.Sprintf("%o", about.Mode().Perm()); (got == args[0]) == neg {
		ts.Fatalf("%s has mode %s, want %s", args[1], got, args[0])
	}
}
