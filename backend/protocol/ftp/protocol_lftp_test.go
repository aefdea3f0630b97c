package ftp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"portico/backend/protocol/protocoltest"
)

// lftpClient is the program lftp.
type lftpClient struct{ common }

// script is what lftp is told: settings, whom to call, and commands, each of which must succeed.
func (c *lftpClient) script(commands ...string) *exec.Cmd {
	name, secret := c.login()
	at, _ := url.Parse(c.base)
	lines := []string{
		"set net:max-retries 1", "set net:timeout 30", "set net:persist-retries 0", "set net:reconnect-interval-base 1", "set net:reconnect-interval-max 1", "set ftp:list-options -a",
		"set ftp:use-mdtm-overloaded false", "set xfer:clobber true", "set cmd:interactive false", "set ftp:sync-mode true",
		"set ssl:verify-certificate false", fmt.Sprintf("set ftp:ssl-force %v", c.encrypted), fmt.Sprintf("set ftp:ssl-allow %v", c.encrypted),
		"set ftp:ssl-protect-data true", "set cache:enable false", "set ftp:prefer-epsv true", "debug -o /dev/stderr 4",
		fmt.Sprintf("open -u %s,%s ftp://%s", name, secret, at.Host),
	}
	for _, command := range commands {
		lines = append(lines, command+" || exit kill 1") // else it goes on in the background
	}
	cmd := exec.Command("lftp", "--norc", "-c", strings.Join(lines, "\n"))
	cmd.Env = append(os.Environ(), "HOME="+c.t.TempDir(), "LC_ALL=C.UTF-8")
	return cmd
}

func (c *lftpClient) run(commands ...string) ([]byte, error) {
	var out, told bytes.Buffer
	cmd := c.script(commands...)
	cmd.Stdout, cmd.Stderr = &out, &told
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("%w (%w)", said(told.String()), err)
	}
	return out.Bytes(), nil
}

// arg quotes an argument of lftp's.
func arg(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

func (c *lftpClient) Put(name string, content []byte) error { return c.put(name, content, "") }

func (c *lftpClient) put(name string, content []byte, option string) error {
	file := filepath.Join(c.t.TempDir(), "up")
	if err := os.WriteFile(file, content, 0o644); err != nil {
		return err
	}
	_, err := c.run("put " + option + " " + arg(file) + " -o " + arg(name))
	return err
}

func (c *lftpClient) List(folder string) ([]string, error) {
	data, err := c.run("quote CWD "+arg(folder), "set ftp:use-mlsd true", "cls -1 -F -a --sort=name "+arg(strings.TrimSuffix(folder, "/")+"/"))
	var names []string
	for line := range strings.Lines(string(data)) {
		name := strings.TrimRight(line, "\r\n")
		if strings.HasPrefix(name, "250 ") || name == "./" || name == "../" {
			continue
		}
		names = append(names, strings.TrimPrefix(name, strings.TrimSuffix(folder, "/")+"/"))
	}
	return names, err
}

func (c *lftpClient) Mkdir(name string) error { return c.quote("MKD " + name) }

// quote sends commands as they are.
func (c *lftpClient) quote(lines ...string) error {
	var commands []string
	for _, line := range lines {
		commands = append(commands, "quote "+arg(line))
	}
	out, err := c.run(commands...)
	if err == nil && strings.Contains("\n"+string(out), "\n5") {
		err = said(string(out))
	}
	if err == nil && strings.Contains("\n"+string(out), "\n4") {
		err = said(string(out))
	}
	return err
}

func (c *lftpClient) Remove(name string) error {
	err := c.quote("DELE " + name)
	if errors.Is(err, errFolder) {
		return c.quote("RMDA " + name)
	}
	return err
}

func (c *lftpClient) Rename(from, to string) error {
	_, err := c.run("mv " + arg(from) + " " + arg(to))
	return err
}

func (c *lftpClient) PutTimed(name string, content []byte, at time.Time) error {
	file := filepath.Join(c.t.TempDir(), "up")
	if err := os.WriteFile(file, content, 0o644); err != nil {
		return err
	}
	if err := os.Chtimes(file, at, at); err != nil {
		return err
	}
	_, err := c.run("put " + arg(file) + " -o " + arg(name)) // lftp sends MFMT
	return err
}

func (c *lftpClient) Time(name string) (time.Time, error) {
	out, err := c.run("set time-style \"%Y%m%d%H%M%S\"", "cls -l --time-style=%Y%m%d%H%M%S "+arg(name))
	if err != nil {
		return time.Time{}, err
	}
	for _, field := range strings.Fields(string(out)) {
		if at, ok := parseTime(field); ok && len(field) == 14 {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("no time in %q", out)
}

// PutResumed sends the beginning, and then lets lftp go on: it asks for the size. Of little it sends
// nothing before there is more.
func (c *lftpClient) PutResumed(name string, content []byte, first int) error {
	if err := c.PutCut(name, content, first); err != nil {
		return err
	}
	came, err := c.settled(name)
	if err != nil {
		return err
	}
	if !came && first > 128<<10 {
		return errors.New("nothing came of the cut upload")
	}
	return c.put(name, content, "-c")
}

// settled waits until the door knows what came of a cut upload, and reports whether anything did.
func (c *lftpClient) settled(name string) (bool, error) {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); {
		out, err := c.run("quote SIZE " + arg(name))
		if err != nil {
			return false, err
		}
		if size := strings.TrimSpace(string(out)); size != "213 0" {
			return strings.HasPrefix(size, "213 "), nil
		}
	}
	return false, errors.New("the door does not see that an upload was cut")
}

// PutCut kills lftp in the middle of an upload.
func (c *lftpClient) PutCut(name string, content []byte, sent int) error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer w.Close()
	cmd := c.script("put /dev/stdin -o " + arg(name))
	cmd.Stdin = r
	told, err := cmd.StderrPipe()
	if err == nil {
		err = cmd.Start()
	}
	defer r.Close()
	if err != nil {
		return err
	}
	begun := make(chan struct{})
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		once := false
		buf, seen := make([]byte, 4096), ""
		for {
			n, err := told.Read(buf)
			if seen += string(buf[:n]); !once && strings.Contains(seen, "<--- 150") {
				once = true
				close(begun)
			}
			if err != nil {
				if !once {
					close(begun)
				}
				return
			}
		}
	}()
	// lftp calls only when it has something to send.
	first := min(sent, 1)
	_, err = w.Write(content[:first])
	if sent > 0 {
		<-begun
	}
	if err == nil {
		_, err = w.Write(content[first:sent])
	}
	err = errors.Join(err, idle(cmd.Process.Pid, r), cmd.Process.Kill())
	<-drained
	// It was killed.
	_ = cmd.Wait()
	return err
}

// Get reads as lftp writes.
func (c *lftpClient) Get(name string) (io.ReadCloser, error) {
	if !strings.HasPrefix(name, "/") {
		name = "./" + name // else lftp takes "file://" for itself
	}
	cmd := c.script("cat " + arg(name))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	told := &onceOnly{end: func() { _ = cmd.Process.Kill() }}
	cmd.Stderr = told
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	in := bufio.NewReader(out)
	b := protocoltest.Fetching(cmd, in)
	if _, err := in.Peek(1); err == io.EOF {
		if b.End() != nil {
			return nil, said(told.String())
		}
		return io.NopCloser(strings.NewReader("")), nil // an empty file
	}
	return b, nil
}

// onceOnly ends lftp when it begins to transfer for the second time: whatever it is told, it fetches by
// itself what it did not get.
type onceOnly struct {
	told bytes.Buffer
	end  func()
}

func (o *onceOnly) String() string { return o.told.String() }

func (o *onceOnly) Write(p []byte) (int, error) {
	n, err := o.told.Write(p)
	if strings.Count(o.String(), "<--- 150") > 1 {
		o.end()
	}
	return n, err
}

var _ interface {
	protocoltest.Client
	protocoltest.Cutter
	protocoltest.Resumer
	protocoltest.Timer
} = (*lftpClient)(nil)
