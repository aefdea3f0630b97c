//go:build unix

package control

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSocket(t *testing.T) {
	for name, dir := range map[string]string{
		"short": shortDir(t),
		"long":  longDir(t),
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Client(dir).Get("http://portico/"); !errors.Is(err, ErrNotRunning) {
				t.Fatalf("before it runs: %v", err)
			}
			serve(t, dir)
			answer, err := Client(dir).Get("http://portico/hello")
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if got, _ := io.ReadAll(answer.Body); string(got) != "/hello" {
				t.Errorf("answer %q", got)
			}
			name, err := socket(dir)
			if err != nil {
				t.Fatal(err)
			}
			if about, err := os.Stat(name); err != nil || about.Mode().Perm() != 0o600 {
				t.Errorf("%s: mode %v, %v", name, about.Mode(), err)
			}
		})
	}
}

// A socket that a killed process left is replaced.
func TestDeadSocket(t *testing.T) {
	dir := shortDir(t)
	if err := os.WriteFile(filepath.Join(dir, "control.sock"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Dial(context.Background(), dir); !errors.Is(err, ErrNotRunning) {
		t.Errorf("dead socket: %v", err)
	}
	serve(t, dir)
	c, err := Dial(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}

// serve answers every request with its path until the test ends.
func serve(t *testing.T, dir string) {
	t.Helper()
	l, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.Path) })}
	done := make(chan error, 1)
	go func() { done <- s.Serve(l) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
}

func shortDir(t *testing.T) string {
	dir, err := os.MkdirTemp("/tmp", "pc")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func longDir(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}
