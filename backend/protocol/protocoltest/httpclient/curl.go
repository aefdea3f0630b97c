package httpclient

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
)

// Curl is the program; what a door lists, and how it keeps times, its own client adds.
type Curl struct {
	T    *testing.T
	Base string // the URL of the tree's top, without a slash at its end
	Who  string // "" is a guest
}

// KeepsBoth: PUT by who may only add keeps both.
func (c *Curl) KeepsBoth() {}

// URL is that of a name.
func (c *Curl) URL(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return c.Base + strings.Join(parts, "/")
}

// Command is curl, not started yet.
func (c *Curl) Command(args ...string) *exec.Cmd {
	all := []string{"-sS", "-g", "--path-as-is", "--max-time", "60"}
	if c.Who != "" {
		all = append(all, "-u", c.Who+":"+protocoltest.Password(c.Who))
	}
	return exec.Command("curl", append(all, args...)...)
}

// Run runs curl to its end and returns what came.
func (c *Curl) Run(args ...string) (*http.Response, []byte, error) {
	body, head := filepath.Join(c.T.TempDir(), "body"), filepath.Join(c.T.TempDir(), "head")
	if err := c.Command(append([]string{"-o", body, "-D", head}, args...)...).Run(); err != nil {
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
	return resp, data, errors.Join(StatusError(resp.StatusCode), err)
}

// Put makes or replaces a file.
func (c *Curl) Put(name string, content []byte) error { return c.Send(name, content) }

// Send is Put with more arguments.
func (c *Curl) Send(name string, content []byte, args ...string) error {
	file := filepath.Join(c.T.TempDir(), "up")
	if err := os.WriteFile(file, content, 0o644); err != nil {
		return err
	}
	_, _, err := c.Run(append(args, "-T", file, c.URL(name))...)
	return err
}

// Method sends a request without content.
func (c *Curl) Method(name, method string, args ...string) error {
	_, _, err := c.Run(append(args, "-X", method, c.URL(name))...)
	return err
}

// Mkdir makes a folder.
func (c *Curl) Mkdir(name string) error { return c.Method(name, "MKCOL") }

// Remove removes a file, or a folder with everything in it.
func (c *Curl) Remove(name string) error { return c.Method(name, "DELETE") }

// Rename moves a name.
func (c *Curl) Rename(from, to string) error {
	return c.Method(from, "MOVE", "-H", "Destination: "+c.URL(to))
}

// Copy copies on the server.
func (c *Curl) Copy(from, to string) error {
	return c.Method(from, "COPY", "-H", "Destination: "+c.URL(to))
}

// GetRange reads a piece.
func (c *Curl) GetRange(name string, off, n int64) ([]byte, error) {
	_, data, err := c.Run("-r", fmt.Sprintf("%d-%d", off, off+n-1), c.URL(name))
	return data, err
}

// PutCut kills curl in the middle of a chunked upload.
func (c *Curl) PutCut(name string, content []byte, sent int) error {
	cmd := c.Command("-v", "-H", "Expect: 100-continue", "-T", "-", c.URL(name))
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
func (c *Curl) Get(name string) (io.ReadCloser, error) {
	cmd := c.Command("-D", "/dev/stderr", c.URL(name))
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
	// curl tells the head before it writes, and no more than a pipe holds.
	head := bufio.NewReader(told)
	first, _ := head.ReadString('\n')
	body := protocoltest.Fetching(cmd, out)
	fields := strings.Fields(first)
	if len(fields) < 2 {
		body.Close()
		return nil, fmt.Errorf("%w: %q", protocoltest.ErrCut, first)
	}
	status, err := strconv.Atoi(fields[1])
	if err = errors.Join(err, StatusError(status)); err != nil {
		_, _ = io.Copy(io.Discard, out)
		body.Close()
		return nil, err
	}
	return body, nil
}
