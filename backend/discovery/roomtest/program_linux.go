package roomtest

import (
	"bufio"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// Program is a foreign program that runs in a room.
type Program struct {
	t    *testing.T
	mu   sync.Mutex
	said strings.Builder
	done chan struct{}
}

// Start starts a program in the room, until it ends by itself or the test does.
func (r *Room) Start(name string, args ...string) *Program {
	r.t.Helper()
	p := &Program{t: r.t, done: make(chan struct{})}
	cmd := exec.CommandContext(r.t.Context(), name, args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	r.In(func() { err = cmd.Start() })
	if err != nil {
		r.t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			p.mu.Lock()
			p.said.WriteString(lines.Text() + "\n")
			p.mu.Unlock()
		}
		_ = cmd.Wait()
	}()
	r.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-p.done
	})
	return p
}

// Said is what the program has written until now.
func (p *Program) Said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.said.String()
}

// Until waits until it has written some words.
func (p *Program) Until(words string) {
	p.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !strings.Contains(p.Said(), words); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("%q was not said: %s", words, p.Said())
		}
	}
}

// Run runs a program in the room and returns what it wrote, when it has ended.
func (r *Room) Run(name string, args ...string) string {
	r.t.Helper()
	p := r.Start(name, args...)
	select {
	case <-p.done:
	case <-time.After(30 * time.Second):
		r.t.Fatalf("%s did not end: %s", name, p.Said())
	}
	return strings.TrimSuffix(p.Said(), "\n")
}
