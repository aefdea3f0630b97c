package webdav_test

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"portico/backend/protocol/protocoltest"
	"portico/backend/protocol/web"
)

// TestProtocol puts the door through the suite of all doors, at /dav/.
func TestProtocol(t *testing.T) {
	need(t, "curl")
	protocoltest.Run(t, curlDoor("/dav"))
}

// TestProtocolCross writes and reads through WebDAV and through the web door beside it.
func TestProtocolCross(t *testing.T) {
	need(t, "curl")
	need(t, "rclone")
	protocoltest.Cross(t, curlDoor("/dav"), curlDoor(""), rcloneDoor())
}

func curlDoor(base string) protocoltest.Door {
	d := protocoltest.Door{Name: "webdav by curl", Label: "webdav"}
	if base == "" {
		d = protocoltest.Door{Name: "http by curl", Label: "http"}
	}
	d.Start = func(t *testing.T, h *protocoltest.House) protocoltest.Server {
		doors := serve(t, h, web.FrontOptions{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares})
		return &server{url: doors.url, base: base}
	}
	return d
}

type server struct{ url, base string }

// Client speaks as somebody. Guests have no home and look at the tree itself.
func (s *server) Client(t *testing.T, who string) protocoltest.Client {
	if who == "" {
		return &curl{t, s.url, who}
	}
	return &curl{t, s.url + s.base, who}
}

// curl is the program; it knows nothing of WebDAV, so what it sends is exactly what is meant.
type curl struct {
	t         *testing.T
	base, who string
}

// KeepsBoth: PUT by who may only add keeps both.
func (c *curl) KeepsBoth() {}

func (c *curl) url(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return c.base + strings.Join(parts, "/")
}

func (c *curl) command(args ...string) *exec.Cmd {
	all := []string{"-sS", "-g", "--path-as-is", "--max-time", "60"}
	if c.who != "" {
		all = append(all, "-u", c.who+":"+protocoltest.Password(c.who))
	}
	return exec.Command("curl", append(all, args...)...)
}

// run runs curl to its end and returns what came.
func (c *curl) run(args ...string) (*http.Response, []byte, error) {
	body, head := filepath.Join(c.t.TempDir(), "body"), filepath.Join(c.t.TempDir(), "head")
	if err := c.command(append([]string{"-o", body, "-D", head}, args...)...).Run(); err != nil {
		return nil, nil, fmt.Errorf("%w: curl: %w", protocoltest.ErrCut, err)
	}
	text, err := os.ReadFile(head)
	if err != nil {
		return nil, nil, err
	}
	if i := bytes.LastIndex(text, []byte("HTTP/1.1 ")); i > 0 {
		text = text[i:] // behind "100 Continue"
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(text)), &http.Request{Method: "HEAD"})
	if err != nil {
		return nil, nil, err
	}
	data, err := os.ReadFile(body)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return resp, data, errors.Join(statusError(resp.StatusCode), err)
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

func (c *curl) Put(name string, content []byte) error { return c.put(name, content) }

func (c *curl) put(name string, content []byte, args ...string) error {
	file := filepath.Join(c.t.TempDir(), "up")
	if err := os.WriteFile(file, content, 0o644); err != nil {
		return err
	}
	_, _, err := c.run(append(args, "-T", file, c.url(name))...)
	return err
}

func (c *curl) method(name, method string, args ...string) error {
	_, _, err := c.run(append(args, "-X", method, c.url(name))...)
	return err
}

func (c *curl) Mkdir(name string) error  { return c.method(name, "MKCOL") }
func (c *curl) Remove(name string) error { return c.method(name, "DELETE") }
func (c *curl) Rename(from, to string) error {
	return c.method(from, "MOVE", "-H", "Destination: "+c.url(to))
}
func (c *curl) Copy(from, to string) error {
	return c.method(from, "COPY", "-H", "Destination: "+c.url(to))
}

// multistatus is what a PROPFIND comes back with.
type multistatus struct {
	Responses []struct {
		Href     string `xml:"DAV: href"`
		Propstat []struct {
			Status string `xml:"DAV: status"`
			Prop   struct {
				Modified   string    `xml:"DAV: getlastmodified"`
				Collection *struct{} `xml:"DAV: resourcetype>collection"`
			} `xml:"DAV: prop"`
		} `xml:"DAV: propstat"`
	} `xml:"DAV: response"`
}

func (c *curl) find(name, depth string) (m multistatus, err error) {
	_, data, err := c.run("-X", "PROPFIND", "-H", "Depth: "+depth, c.url(name))
	if err == nil {
		err = xml.Unmarshal(data, &m)
	}
	return m, err
}

func (c *curl) List(folder string) ([]string, error) {
	m, err := c.find(folder, "1")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, r := range m.Responses[1:] {
		at, err := url.PathUnescape(r.Href)
		if err != nil {
			return nil, err
		}
		entry := path.Base(at)
		if r.Propstat[0].Prop.Collection != nil {
			entry += "/"
		}
		out = append(out, entry)
	}
	return out, nil
}

func (c *curl) Time(name string) (time.Time, error) {
	m, err := c.find(name, "0")
	if err != nil {
		return time.Time{}, err
	}
	return http.ParseTime(m.Responses[0].Propstat[0].Prop.Modified)
}

// PutTimed dates as Windows does.
func (c *curl) PutTimed(name string, content []byte, at time.Time) error {
	if err := c.Put(name, content); err != nil {
		return err
	}
	return c.method(name, "PROPPATCH", "-d", `<propertyupdate xmlns="DAV:"><set><prop><Win32LastModifiedTime xmlns="urn:schemas-microsoft-com:">`+
		at.UTC().Format(http.TimeFormat)+`</Win32LastModifiedTime></prop></set></propertyupdate>`)
}

func (c *curl) GetRange(name string, off, n int64) ([]byte, error) {
	_, data, err := c.run("-r", fmt.Sprintf("%d-%d", off, off+n-1), c.url(name))
	return data, err
}

func (c *curl) Patch(name string, off int64, piece []byte) error {
	return c.put(name, piece, "-H", fmt.Sprintf("Content-Range: bytes %d-%d/*", off, off+int64(len(piece))-1))
}

// PutResumed sends two pieces.
func (c *curl) PutResumed(name string, content []byte, first int) error {
	file := filepath.Join(c.t.TempDir(), "up")
	if err := os.WriteFile(file, content[:first], 0o644); err != nil {
		return err
	}
	resp, _, err := c.run("-H", fmt.Sprintf("Content-Range: bytes 0-%d/%d", first-1, len(content)), "-T", file, c.url(name))
	if err != nil {
		return err
	}
	return c.put(name, content[first:], "-H", "X-Portico-Upload: "+resp.Header.Get("X-Portico-Upload"),
		"-H", fmt.Sprintf("Content-Range: bytes %d-%d/%d", first, len(content)-1, len(content)))
}

// PutCut kills curl in the middle of a chunked upload.
func (c *curl) PutCut(name string, content []byte, sent int) error {
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

// Probe sends a path as it is.
func (c *curl) Probe(at string) string {
	if strings.ContainsAny(at, " \r\n\x00") {
		return ""
	}
	// A refusal is as good as any answer.
	_, data, _ := c.run("--request-target", "/dav"+at, c.base+"/")
	_, more, _ := c.run("-X", "PROPFIND", "--request-target", "/dav"+at, c.base+"/")
	return string(data) + string(more)
}

// Get reads as curl writes; its exit status tells whether it takes the content for whole.
func (c *curl) Get(name string) (io.ReadCloser, error) {
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
	body := &download{cmd: cmd, out: out, told: head}
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

// download is a running curl.
type download struct {
	cmd   *exec.Cmd
	out   io.Reader
	told  io.Reader
	ended bool
	err   error
}

func (b *download) Read(p []byte) (int, error) {
	n, err := b.out.Read(p)
	if err == io.EOF && !b.end() {
		err = fmt.Errorf("%w: %w", protocoltest.ErrCut, b.err)
	}
	return n, err
}

// end waits for curl, and reports whether it was content.
func (b *download) end() bool {
	if !b.ended {
		b.ended = true
		_, _ = io.Copy(io.Discard, b.told)
		b.err = b.cmd.Wait()
	}
	return b.err == nil
}

func (b *download) Close() error {
	if !b.ended {
		// It may have ended by itself just now.
		_ = b.cmd.Process.Kill()
		b.end()
	}
	return nil
}
