package ftp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"portico/backend/protocol/protocoltest"
)

// curlClient is the program curl.
type curlClient struct{ common }

func (c *curlClient) command(args ...string) *exec.Cmd {
	name, secret := c.login()
	all := []string{"-sS", "-g", "-v", "--path-as-is", "--max-time", "60", "-u", name + ":" + secret}
	if c.encrypted {
		all = append(all, "-k", "--ssl-reqd")
	}
	return exec.Command("curl", append(all, args...)...)
}

// run runs curl to its end.
func (c *curlClient) run(args ...string) ([]byte, error) {
	var out, told bytes.Buffer
	cmd := c.command(args...)
	cmd.Stdout, cmd.Stderr = &out, &told
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("%w (%w)", said(told.String()), err)
	}
	return out.Bytes(), nil
}

// quote sends commands and transfers nothing.
func (c *curlClient) quote(lines ...string) error {
	args := []string{"-I"}
	for _, line := range lines {
		args = append(args, "-Q", line)
	}
	_, err := c.run(append(args, c.base+"/")...)
	return err
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
	return c.put(name, content, "-Q", "-MFMT "+stamp(at)+" "+name)
}

func (c *curlClient) Time(name string) (time.Time, error) {
	out, err := c.run("-I", "-R", c.url(name))
	if err != nil {
		return time.Time{}, err
	}
	_, rest, _ := strings.Cut(string(out), "Last-Modified: ")
	text, _, _ := strings.Cut(rest, "\r\n")
	return time.Parse("Mon, 02 Jan 2006 15:04:05 MST", text)
}

func (c *curlClient) GetRange(name string, off, n int64) ([]byte, error) {
	return c.run("-r", fmt.Sprintf("%d-%d", off, off+n-1), c.url(name))
}

func (c *curlClient) List(folder string) ([]string, error) {
	data, err := c.run("-X", "MLSD", c.url(strings.TrimSuffix(folder, "/")+"/"))
	return factsIn(string(data)), err
}

func (c *curlClient) Mkdir(name string) error { return c.quote("MKD " + name) }

// Remove looks first what it is: FTP has two verbs.
func (c *curlClient) Remove(name string) error {
	err := c.quote("DELE " + name)
	if errors.Is(err, errFolder) {
		return c.quote("RMDA " + name)
	}
	return err
}

func (c *curlClient) Rename(from, to string) error { return c.quote("RNFR "+from, "RNTO "+to) }

// PutResumed kills curl, and lets another find out how much came.
func (c *curlClient) PutResumed(name string, content []byte, first int) error {
	if err := c.PutCut(name, content, first); err != nil {
		return err
	}
	if err := c.settled(name, first); err != nil {
		return err
	}
	return c.put(name, content, "-C", "-")
}

// settled waits until the door knows how much of a cut upload came.
func (c *curlClient) settled(name string, size int) error {
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		out, err := c.run("-I", c.url(name))
		if err == nil && strings.Contains(string(out), fmt.Sprintf("Content-Length: %d\r\n", size)) {
			return nil
		}
	}
	return errors.New("what came of the cut upload is not there")
}

// PutCut kills curl in the middle of an upload.
func (c *curlClient) PutCut(name string, content []byte, sent int) error {
	cmd := c.command("--trace-ascii", "/dev/stderr", "-T", "-", c.url(name))
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
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "0000: 150") {
	}
	wrote := make(chan error, 1)
	go func() {
		_, err := in.Write(content[:sent])
		wrote <- err
	}()
	for gone := 0; gone < sent && lines.Scan(); { // until it has sent what it read
		n := 0
		if _, err := fmt.Sscanf(lines.Text(), "=> Send data, %d bytes", &n); err == nil {
			gone += n
		}
	}
	err = errors.Join(<-wrote, cmd.Process.Kill())
	_, _ = io.Copy(io.Discard, told)
	// It was killed.
	_ = cmd.Wait()
	return err
}

// Get reads as curl writes.
func (c *curlClient) Get(name string) (io.ReadCloser, error) {
	cmd := c.command("--ftp-method", "nocwd", c.url(name))
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
	var seen strings.Builder
	begun := false
	for lines := bufio.NewScanner(told); !begun && lines.Scan(); {
		seen.WriteString(lines.Text() + "\n")
		begun = strings.HasPrefix(lines.Text(), "< 150")
	}
	b := protocoltest.Fetching(cmd, out)
	if !begun {
		_, _ = io.Copy(io.Discard, out)
		_ = b.End()
		return nil, said(seen.String())
	}
	go func() { _, _ = io.Copy(io.Discard, told) }()
	return b, nil
}

// Probe asks for a path as it is, below the top.
func (c *curlClient) Probe(path string) string {
	if strings.ContainsAny(path, "\r\n\x00") {
		return ""
	}
	out, _ := c.run("-Q", "CWD "+path, "-Q", "SIZE "+path, c.url(path))
	return string(out)
}

var _ interface {
	protocoltest.Client
	protocoltest.Ranger
	protocoltest.Cutter
	protocoltest.Resumer
	protocoltest.Timer
	protocoltest.Prober
} = (*curlClient)(nil)
