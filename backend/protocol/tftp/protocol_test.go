package tftp

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"portico/backend/protocol/protocoltest"
)

// TestProtocol puts the door through the suite of all doors, with curl and atftp.
func TestProtocol(t *testing.T) {
	for _, program := range programs() {
		t.Run(program, func(t *testing.T) { protocoltest.Run(t, door(t, program)) })
	}
}

// soon is how long the door waits where clients are killed.
const soon = 50 * time.Millisecond

// programs are the clients that come with systems, each of which can what the other cannot.
func programs() []string { return []string{"curl", "atftp"} }

// door is the TFTP door, with a foreign program as its client.
func door(t *testing.T, program string) protocoltest.Door {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skip(program + " is not installed")
	}
	return protocoltest.Door{Name: "tftp by " + program, Label: label, Start: func(t *testing.T, h *protocoltest.House) protocoltest.Server {
		return &server{t: t, h: h, program: program, doors: map[string]*Door{}}
	}}
}

// server opens a door for each of the people: TFTP tells them apart by address alone.
type server struct {
	t       *testing.T
	h       *protocoltest.House
	program string
	doors   map[string]*Door
}

func (s *server) Client(t *testing.T, who string) protocoltest.Client {
	d := s.doors[who]
	if d == nil {
		d = open(s.t, s.h, Options{Names: everybody(who), Write: Replace, Wait: soon})
		s.doors[who] = d
	}
	c := common{t: t, h: s.h, d: d}
	if s.program == "curl" {
		return &curlClient{c}
	}
	return &atftpClient{c}
}

type common struct {
	t *testing.T
	h *protocoltest.House
	d *Door
}

// KeepsBoth: who may only add is not told that a name is taken.
func (c *common) KeepsBoth() {}

// Probe asks for a path as it is.
func (c *common) Probe(path string) string {
	w := dial(c.t, c.d)
	w.ask(opRead, path, "octet")
	op, _, rest := w.next()
	if op != opData {
		return ""
	}
	w.ack(1)
	return string(rest)
}

// coded is what an error of the protocol means to the suite.
func coded(c code, text string) error {
	err := protocoltest.ErrRefused
	switch c {
	case notFound:
		err = fs.ErrNotExist
	case denied:
		err = fs.ErrPermission
	case full:
		err = protocoltest.ErrFull
	case exists:
		err = fs.ErrExist
	}
	return fmt.Errorf("%w: %s", err, text)
}

// sink is a program that writes what it fetches; how it ended is told at the end.
type sink struct {
	io.Reader
	cmd   *exec.Cmd
	told  *bytes.Buffer
	means func(exit int, told string) error
	err   error
	ended bool
}

func fetching(cmd *exec.Cmd, means func(int, string) error) (*sink, error) {
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s := &sink{Reader: out, cmd: cmd, told: &bytes.Buffer{}, means: means}
	cmd.Stderr = s.told
	return s, cmd.Start()
}

func (s *sink) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err == io.EOF && !s.ended {
		s.ended = true
		// The exit status tells.
		_ = s.cmd.Wait()
		s.err = s.means(s.cmd.ProcessState.ExitCode(), s.told.String())
	}
	if err == io.EOF && s.err != nil {
		err = s.err
	}
	return n, err
}

func (s *sink) Close() error {
	if !s.ended {
		s.ended = true
		// It may have ended by itself just now.
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
	}
	return nil
}

// curlClient is the program curl.
type curlClient struct{ common }

func (c *curlClient) command(name string, args ...string) *exec.Cmd {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	to := "tftp://" + c.d.Addrs()[0].String() + strings.Join(parts, "/")
	return exec.Command("curl", append([]string{"-sS", "-g", "--path-as-is", "--max-time", "60", to}, args...)...)
}

func curlMeans(exit int, told string) error {
	switch exit {
	case 0:
		return nil
	case 68:
		return coded(notFound, told)
	case 69:
		return coded(denied, told)
	case 70:
		return coded(full, told)
	case 73:
		return coded(exists, told)
	case 28:
		return fmt.Errorf("%w: %s", protocoltest.ErrCut, told)
	}
	return fmt.Errorf("%w: exit status %d: %s", protocoltest.ErrRefused, exit, told)
}

func (c *curlClient) Get(name string) (io.ReadCloser, error) {
	return fetching(c.command(name, "--tftp-no-options"), curlMeans)
}

func (c *curlClient) Put(name string, content []byte) error {
	file, err := laid(c.t, content)
	if err != nil {
		return err
	}
	cmd := c.command(name, "--tftp-blksize", "8192", "-T", file)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		return err
	}
	return curlMeans(cmd.ProcessState.ExitCode(), string(out))
}

// PutCut kills curl in the middle of an upload.
func (c *curlClient) PutCut(name string, content []byte, sent int) error {
	cmd := c.command(name, "--tftp-no-options", "-T", "-")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(long); len(c.h.Tree.Transfers()) == 0; <-tick.C {
		if time.Now().After(end) {
			c.t.Fatal("the upload does not begin")
		}
	}
	if _, err := in.Write(content[:sent]); err != nil {
		return err
	}
	if err := cmd.Process.Kill(); err != nil {
		return err
	}
	// It was killed.
	_ = cmd.Wait()
	return nil
}

// atftpClient is the program atftp, with windows.
type atftpClient struct{ common }

func (c *atftpClient) command(args ...string) *exec.Cmd {
	at := c.d.Addrs()[0]
	all := []string{"--option", "blksize 1428", "--option", "windowsize 8", "--option", "timeout 1"}
	return exec.Command("atftp", append(append(all, args...), at.Addr().String(), strconv.Itoa(int(at.Port())))...)
}

func atftpMeans(exit int, told string) error {
	if exit == 0 {
		return nil
	}
	_, text, refused := strings.Cut(told, "error received from server <")
	switch { // it does not tell the code
	case strings.Contains(text, "does not exist"):
		return coded(notFound, text)
	case refused:
		return coded(undefined, text)
	}
	return fmt.Errorf("%w: exit status %d: %s", protocoltest.ErrCut, exit, told)
}

func (c *atftpClient) Get(name string) (io.ReadCloser, error) {
	return fetching(c.command("--get", "--remote-file="+name, "--local-file=/dev/stdout"), atftpMeans)
}

func (c *atftpClient) Put(name string, content []byte) error {
	file, err := laid(c.t, content)
	if err != nil {
		return err
	}
	cmd := c.command("--put", "--remote-file="+name, "--local-file="+file)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		return err
	}
	return atftpMeans(cmd.ProcessState.ExitCode(), string(out))
}

// laid puts content where a program finds it.
func laid(t *testing.T, content []byte) (string, error) {
	file := filepath.Join(t.TempDir(), "up")
	return file, os.WriteFile(file, content, 0o644)
}
