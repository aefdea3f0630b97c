package web

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/backend/certificate"
	"portico/backend/listen"
	"portico/backend/protocol/protocoltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// house is the house of all doors' tests, and a door on a real port.
type house struct {
	*protocoltest.House
	t      *testing.T
	door   *Door
	url    string // http://127.0.0.1:PORT
	client *http.Client
}

type setup struct {
	front FrontOptions
	door  Options
	tls   bool
}

func newHouse(t *testing.T, change func(*setup)) *house {
	t.Helper()
	h := &house{House: protocoltest.NewHouse(t), t: t}
	s := setup{
		front: FrontOptions{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares},
		door:  Options{Listen: listen.Spec{Addrs: []string{"127.0.0.1:0"}}, Host: func() string { return "Studio laptop" }, Log: testLog(t)},
	}
	if change != nil {
		change(&s)
	}
	if s.tls {
		k, err := certificate.Open(certificate.Options{Dir: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		s.door.Certificate = k.Certificate
	}
	if s.door.Front == nil {
		s.door.Front = NewFront(s.front)
	}
	h.door = New(s.door)
	if err := h.door.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := h.door.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	h.url = "http://" + h.door.Addrs()[0].String()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	h.client = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return h
}

func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// disk writes a file past every door; names are below /files.
func (h *house) disk(name, content string) {
	h.t.Helper()
	h.Lay("/files/"+name, []byte(content))
}

// onDisk reads a file past every door; ok is false when there is none.
func (h *house) onDisk(name string) (string, bool) {
	data := h.OnDisk("/files/" + name)
	return string(data), data != nil
}

// names lists a folder of the disk, without what Portico keeps there for itself.
func (h *house) names(dir string) (out []string) {
	entries, err := os.ReadDir(h.Path("/files/" + dir))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".portico") {
			out = append(out, e.Name())
		}
	}
	return out
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

// do sends a request. Options change it: "Name: value" sets a field, "@alice" signs in by Basic,
// ">text" is a body.
func (h *house) do(method, urlPath string, options ...string) answer {
	h.t.Helper()
	var body io.Reader
	for _, o := range options {
		if strings.HasPrefix(o, ">") {
			body = strings.NewReader(o[1:])
		}
	}
	req, err := http.NewRequest(method, h.url+urlPath, body)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, o := range options {
		if name, ok := strings.CutPrefix(o, "@"); ok {
			req.SetBasicAuth(name, name+"-password")
		} else if name, value, ok := strings.Cut(o, ": "); ok && !strings.HasPrefix(o, ">") {
			if strings.EqualFold(name, "Host") {
				req.Host = value
			}
			req.Header.Add(name, value)
		}
	}
	return h.send(req)
}

func (h *house) send(req *http.Request) answer {
	h.t.Helper()
	resp, err := h.client.Do(req)
	if err != nil {
		h.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		h.t.Fatalf("%s %s: %v", req.Method, req.URL, err)
	}
	return answer{resp, string(data)}
}

// want checks a status and, where given, parts of the body.
func (a answer) want(t *testing.T, status int, parts ...string) answer {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s %s: status %d, want %d: %.300s", a.Request.Method, a.Request.URL, a.StatusCode, status, a.body)
	}
	for _, p := range parts {
		if !strings.Contains(a.body, p) {
			t.Errorf("%s %s: %q is missing in %.600q", a.Request.Method, a.Request.URL, p, a.body)
		}
	}
	return a
}

// head checks one field of the header.
func (a answer) head(t *testing.T, name, want string) answer {
	t.Helper()
	if got := a.Header.Get(name); got != want {
		t.Errorf("%s %s: %s is %q, want %q", a.Request.Method, a.Request.URL, name, got, want)
	}
	return a
}

const asBrowser = "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
const mozilla = "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"

// curl runs the real program and returns its output.
func (h *house) curl(args ...string) (string, error) {
	h.t.Helper()
	bin, err := exec.LookPath("curl")
	if err != nil {
		h.t.Skip("curl is not installed")
	}
	cmd := exec.Command(bin, append([]string{"-sS", "--max-time", "20"}, args...)...)
	cmd.Dir = h.t.TempDir()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (h *house) mustCurl(args ...string) string {
	h.t.Helper()
	out, err := h.curl(args...)
	if err != nil {
		h.t.Fatalf("curl %v: %v\n%s", args, err, out)
	}
	return out
}

// jar gives the client a browser's memory.
func (h *house) jar() {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	h.client.Jar = jar
}

// dial opens a bare connection to the door.
func (h *house) dial() *net.TCPConn {
	h.t.Helper()
	c, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(h.door.Addrs()[0]))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { c.Close() })
	if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		h.t.Fatal(err)
	}
	return c
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(15 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// run runs a line of a shell in dir.
func run(t *testing.T, dir, line string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}
