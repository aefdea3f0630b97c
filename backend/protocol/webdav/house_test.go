package webdav_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/backend/listen"
	"portico/backend/protocol/protocoltest"
	"portico/backend/protocol/web"
	"portico/backend/protocol/webdav"
	"portico/backend/vfs"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is the house of all doors' tests behind a web door that speaks WebDAV, on a real port.
type house struct {
	*protocoltest.House
	t      *testing.T
	url    string // http://127.0.0.1:PORT
	client *http.Client
	dav    *webdav.Door
	away   atomic.Int32 // who was told of as turned away
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := protocoltest.NewHouse(t)
	return serve(t, h, web.FrontOptions{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares})
}

// serve opens the doors over a house.
func serve(t *testing.T, h *protocoltest.House, o web.FrontOptions) *house {
	t.Helper()
	front := web.NewFront(o)
	out := &house{House: h, t: t}
	handler := webdav.New(webdav.Options{Place: front.Place, Base: front.Base, Local: front.Local, Away: func(from vfs.Origin, why listen.Reason) {
		if from.Remote != "127.0.0.1" || why.Code != "DOOR-XML-01" {
			t.Errorf("told of %+v: %v", from, why)
		}
		out.away.Add(1)
	}})
	out.dav = webdav.NewDoor(handler)
	if err := out.dav.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	d := web.New(web.Options{Front: front, DAV: handler, Listen: listen.Spec{Addrs: []string{"127.0.0.1:0"}}, Log: testLog(t)})
	if err := d.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := d.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	out.url = "http://" + d.Addrs()[0].String()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	out.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return out
}

// answer is what came back.
type answer struct {
	*http.Response
	body string
}

// do sends a request. Of what follows, "@who" signs in, ">text" is the body, ">>text" is one whose length is
// not told, the rest are fields.
func (h *house) do(method, path string, more ...string) *answer {
	h.t.Helper()
	var body io.Reader
	for _, m := range more {
		if text, ok := strings.CutPrefix(m, ">>"); ok {
			body = struct{ io.Reader }{strings.NewReader(text)}
		} else if text, ok := strings.CutPrefix(m, ">"); ok {
			body = strings.NewReader(text)
		}
	}
	req, err := http.NewRequest(method, h.url+path, body)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, m := range more {
		if who, ok := strings.CutPrefix(m, "@"); ok {
			req.SetBasicAuth(who, protocoltest.Password(who))
		} else if name, value, ok := strings.Cut(m, ": "); ok && m[0] != '>' {
			req.Header.Add(name, value)
		}
	}
	resp, err := h.client.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return &answer{resp, string(text)}
}

// want checks the status and what the body holds; "!text" is what it must not hold.
func (a *answer) want(t *testing.T, status int, holds ...string) *answer {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s %s: %d, want %d: %.500s", a.Request.Method, a.Request.URL.Path, a.StatusCode, status, a.body)
	}
	for _, text := range holds {
		not, isNot := strings.CutPrefix(text, "!")
		if isNot && strings.Contains(a.body, not) || !isNot && !strings.Contains(a.body, text) {
			t.Errorf("%s %s: %q in %.2000s", a.Request.Method, a.Request.URL.Path, text, a.body)
		}
	}
	return a
}

// head checks a field.
func (a *answer) head(t *testing.T, name, want string) *answer {
	t.Helper()
	if got := a.Header.Get(name); got != want {
		t.Errorf("%s %s: %s is %q, want %q", a.Request.Method, a.Request.URL.Path, name, got, want)
	}
	return a
}

// need skips without a program; where everything must run that is a failure.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s is not installed", program)
		}
		t.Skipf("%s is not installed", program)
	}
}

func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(logWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

type logWriter struct{ t *testing.T }

func (w logWriter) Write(p []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(p)))
	return len(p), nil
}
