package web

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"portico/backend/protocol/protocoltest"
)

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
