package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"portico/backend/listen"
	"portico/backend/protocol/protocoltest"
	"portico/backend/protocol/protocoltest/httpclient"
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
		return &curlClient{httpclient.Curl{T: t, Base: s.url, Who: who}}
	}
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &goClient{c, &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// common is what a client needs.
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
	if err := httpclient.StatusError(resp.StatusCode); err != nil {
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

func (c *goClient) Patch(name string, off int64, piece []byte) error {
	return c.done("PUT", name, bytes.NewReader(piece), "Content-Range", fmt.Sprintf("bytes %d-%d/*", off, off+int64(len(piece))-1))
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
