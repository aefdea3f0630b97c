package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"portico/backend/listen"
	"portico/backend/protocol/protocoltest"
)

// TestProtocol puts the door through the suite of all doors, with Go's client and with curl.
func TestProtocol(t *testing.T) {
	for _, d := range httpDoors(t) {
		t.Run(d.Name, func(t *testing.T) { protocoltest.Run(t, d) })
	}
}

func TestProtocolCross(t *testing.T) { protocoltest.Cross(t, httpDoors(t)...) }

func httpDoors(t *testing.T) []protocoltest.Door {
	doors := []protocoltest.Door{{Name: "http by Go", Label: doorName, Start: func(t *testing.T, h *protocoltest.House) protocoltest.Server { return &server{url: serveHouse(t, h)} }}}
	if _, err := exec.LookPath("curl"); err != nil {
		t.Log("curl is not installed")
		return doors
	}
	return append(doors, protocoltest.Door{Name: "http by curl", Label: doorName, Start: func(t *testing.T, h *protocoltest.House) protocoltest.Server {
		return &server{url: serveHouse(t, h), curl: true}
	}})
}

// serveHouse opens the door over a house and returns its URL.
func serveHouse(t *testing.T, h *protocoltest.House) string {
	d := New(Options{Front: NewFront(FrontOptions{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares}), Listen: listen.Spec{Addrs: []string{"127.0.0.1:0"}}, Log: testLog(t)})
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
	return "http://" + d.Addrs()[0].String()
}

type server struct {
	url  string
	curl bool
}

func (s *server) Client(t *testing.T, who string) protocoltest.Client {
	c := common{t: t, base: s.url, who: who}
	if s.curl {
		return &curlClient{c}
	}
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &goClient{c, &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// common is what both clients need.
type common struct {
	t         *testing.T
	base, who string
}

// KeepsBoth: PUT by who may only add keeps both.
func (c *common) KeepsBoth() {}

func (c *common) url(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return c.base + strings.Join(parts, "/")
}

// statusError is what a status means to the suite.
func statusError(status int) error {
	switch {
	case status < 300:
		return nil
	case status == 401, status == 403:
		return fs.ErrPermission
	case status == 404, status == 405:
		return fs.ErrNotExist
	case status == 412:
		return fs.ErrExist
	case status == 423:
		return protocoltest.ErrLocked
	case status == 413, status == 507:
		return protocoltest.ErrFull
	}
	return fmt.Errorf("%w: status %d", protocoltest.ErrRefused, status)
}

// goClient is net/http's.
type goClient struct {
	common
	http *http.Client
}

func (c *goClient) do(method, name string, body io.Reader, fields ...string) (*http.Response, error) {
	req, err := http.NewRequest(method, c.url(name), body)
	if err != nil {
		return nil, err
	}
	if c.who != "" {
		req.SetBasicAuth(c.who, protocoltest.Password(c.who))
	}
	for i := 0; i < len(fields); i += 2 {
		req.Header.Set(fields[i], fields[i+1])
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", protocoltest.ErrCut, err)
	}
	if err := statusError(resp.StatusCode); err != nil {
		_, _ = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
		return resp, err
	}
	return resp, nil
}

func (c *goClient) done(method, name string, body io.Reader, fields ...string) error {
	resp, err := c.do(method, name, body, fields...)
	if err == nil {
		_, err = io.Copy(io.Discard, resp.Body)
		resp.Body.Close()
	}
	return err
}

func (c *goClient) Get(name string) (io.ReadCloser, error) {
	resp, err := c.do("GET", name, nil)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

func (c *goClient) GetRange(name string, off, n int64) ([]byte, error) {
	resp, err := c.do("GET", name, nil, "Range", fmt.Sprintf("bytes=%d-%d", off, off+n-1))
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusPartialContent {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	return io.ReadAll(resp.Body)
}

func (c *goClient) Put(name string, content []byte) error {
	return c.done("PUT", name, bytes.NewReader(content))
}

func (c *goClient) PutTimed(name string, content []byte, at time.Time) error {
	return c.done("PUT", name, bytes.NewReader(content), "X-Portico-Modified", strconv.FormatInt(at.UnixMilli(), 10))
}

func (c *goClient) Time(name string) (time.Time, error) {
	resp, err := c.do("HEAD", name, nil)
	if err != nil {
		return time.Time{}, err
	}
	resp.Body.Close()
	return http.ParseTime(resp.Header.Get("Last-Modified"))
}

func (c *goClient) List(folder string) ([]string, error) {
	resp, err := c.do("GET", strings.TrimSuffix(folder, "/")+"/", nil, "Accept", "application/json")
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var l struct{ Entries []struct{ N, K string } }
	if err := json.NewDecoder(resp.Body).Decode(&l); err != nil {
		return nil, err
	}
	var out []string
	for _, e := range l.Entries {
		if e.K == "d" {
			e.N += "/"
		}
		out = append(out, e.N)
	}
	return out, nil
}

func (c *goClient) Mkdir(name string) error  { return c.done("MKCOL", name, nil) }
func (c *goClient) Remove(name string) error { return c.done("DELETE", name, nil) }
func (c *goClient) Rename(from, to string) error {
	return c.done("MOVE", from, nil, "Destination", c.url(to))
}
func (c *goClient) Copy(from, to string) error {
	return c.done("COPY", from, nil, "Destination", c.url(to))
}

// PutResumed sends two pieces.
func (c *goClient) PutResumed(name string, content []byte, first int) error {
	resp, err := c.do("PUT", name, bytes.NewReader(content[:first]), "Content-Range", fmt.Sprintf("bytes 0-%d/%d", first-1, len(content)))
	if err != nil {
		return err
	}
	resp.Body.Close()
	return c.done("PUT", name, bytes.NewReader(content[first:]), "X-Portico-Upload", resp.Header.Get("X-Portico-Upload"),
		"Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, len(content)-1, len(content)))
}

// dial is a bare connection: the client of clients that break rules.
func (c *common) dial() (net.Conn, error) {
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.base, "http://"))
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(20 * time.Second))
	}
	return conn, err
}

// PutCut announces everything and resets the connection early.
func (c *goClient) PutCut(name string, content []byte, sent int) error {
	req, err := http.NewRequest("PUT", c.url(name), nil)
	if err != nil {
		return err
	}
	req.SetBasicAuth(c.who, protocoltest.Password(c.who))
	conn, err := c.dial()
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", req.URL.RequestURI(), req.Header.Get("Authorization"), len(content))
	if err != nil {
		return err
	}
	// The server now waits for the body: the upload has begun.
	if _, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil {
		return err
	}
	_, err = conn.Write(content[:sent])
	return err
}

// Probe sends a path as it is.
func (c *goClient) Probe(path string) string {
	if strings.ContainsAny(path, " \r\n") {
		return ""
	}
	conn, err := c.dial()
	if err != nil {
		c.t.Error(err)
		return ""
	}
	defer conn.Close()
	req, _ := http.NewRequest("GET", c.base, nil)
	req.SetBasicAuth(c.who, protocoltest.Password(c.who))
	auth := ""
	if c.who != "" {
		auth = "Authorization: " + req.Header.Get("Authorization") + "\r\n"
	}
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: x\r\n%sConnection: close\r\n\r\n", path, auth)
	data, err := io.ReadAll(conn)
	if err != nil {
		c.t.Errorf("%q: %v", path, err)
	}
	_, body, _ := strings.Cut(string(data), "\r\n\r\n")
	return body
}

// curlClient is the program curl.
type curlClient struct{ common }

func (c *curlClient) command(args ...string) *exec.Cmd {
	all := []string{"-sS", "-g", "--path-as-is", "--max-time", "60"}
	if c.who != "" {
		all = append(all, "-u", c.who+":"+protocoltest.Password(c.who))
	}
	return exec.Command("curl", append(all, args...)...)
}

// run runs curl to its end.
func (c *curlClient) run(args ...string) ([]byte, error) {
	body := filepath.Join(c.t.TempDir(), "body")
	cmd := c.command(append([]string{"-o", body, "-w", "%{http_code}"}, args...)...)
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w: curl: %w", protocoltest.ErrCut, err)
	}
	status, err := strconv.Atoi(string(out))
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(body)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return data, errors.Join(statusError(status), err)
}

func (c *curlClient) Put(name string, content []byte) error { return c.put(name, content) }

func (c *curlClient) put(name string, content []byte, args ...string) error {
	file := filepath.Join(c.t.TempDir(), "up")
	if err := os.WriteFile(file, content, 0o644); err != nil {
		return err
	}
	_, err := c.run(append(args, "-T", file, c.url(name))...)
	return err
}

func (c *curlClient) PutTimed(name string, content []byte, at time.Time) error {
	return c.put(name, content, "-H", "X-OC-Mtime: "+strconv.FormatInt(at.Unix(), 10))
}

func (c *curlClient) Time(name string) (time.Time, error) {
	out, err := c.command("-I", c.url(name)).Output()
	if err != nil {
		return time.Time{}, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(out)), &http.Request{Method: "HEAD"})
	if err != nil {
		return time.Time{}, err
	}
	return http.ParseTime(resp.Header.Get("Last-Modified"))
}

func (c *curlClient) GetRange(name string, off, n int64) ([]byte, error) {
	return c.run("-r", fmt.Sprintf("%d-%d", off, off+n-1), c.url(name))
}

func (c *curlClient) List(folder string) ([]string, error) {
	data, err := c.run(c.url(strings.TrimSuffix(folder, "/") + "/"))
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' }), nil
}

func (c *curlClient) Mkdir(name string) error {
	_, err := c.run("-X", "MKCOL", c.url(name))
	return err
}

func (c *curlClient) Remove(name string) error {
	_, err := c.run("-X", "DELETE", c.url(name))
	return err
}

func (c *curlClient) Rename(from, to string) error {
	_, err := c.run("-X", "MOVE", "-H", "Destination: "+c.url(to), c.url(from))
	return err
}

func (c *curlClient) Copy(from, to string) error {
	_, err := c.run("-X", "COPY", "-H", "Destination: "+c.url(to), c.url(from))
	return err
}

// PutCut kills curl in the middle of a chunked upload.
func (c *curlClient) PutCut(name string, content []byte, sent int) error {
	cmd := c.command("-v", "-H", "Expect: 100-continue", "-T", "-", c.url(name))
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	told, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewScanner(told)
	for lines.Scan() && !strings.Contains(lines.Text(), "100 Continue") {
	}
	_, werr := in.Write(content[:sent])
	err = cmd.Process.Kill()
	// It was killed.
	_ = cmd.Wait()
	return errors.Join(werr, err)
}

// Get reads as curl writes; its exit status tells whether it takes the content for whole.
func (c *curlClient) Get(name string) (io.ReadCloser, error) {
	cmd := c.command("-D", "/dev/stderr", c.url(name))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	told, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	head := bufio.NewReader(told)
	first, _ := head.ReadString('\n')
	body := &curlBody{cmd: cmd, out: out, told: head}
	fields := strings.Fields(first)
	if len(fields) < 2 {
		body.Close()
		return nil, fmt.Errorf("%w: %q", protocoltest.ErrCut, first)
	}
	status, err := strconv.Atoi(fields[1])
	if err = errors.Join(err, statusError(status)); err != nil {
		_, _ = io.Copy(io.Discard, out)
		body.Close()
		return nil, err
	}
	return body, nil
}

type curlBody struct {
	cmd   *exec.Cmd
	out   io.Reader
	told  io.Reader
	ended bool
	err   error
}

func (b *curlBody) Read(p []byte) (int, error) {
	n, err := b.out.Read(p)
	if err == io.EOF && !b.end() {
		err = fmt.Errorf("%w: %w", protocoltest.ErrCut, b.err)
	}
	return n, err
}

// end waits for curl, and reports whether it was content.
func (b *curlBody) end() bool {
	if !b.ended {
		b.ended = true
		_, _ = io.Copy(io.Discard, b.told)
		b.err = b.cmd.Wait()
	}
	return b.err == nil
}

func (b *curlBody) Close() error {
	if !b.ended {
		// It may have ended by itself just now.
		_ = b.cmd.Process.Kill()
		b.end()
	}
	return nil
}
