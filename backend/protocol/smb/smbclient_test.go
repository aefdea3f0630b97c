//go:build linux

package smb

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"portico/backend/protocol/protocoltest"
)

// smbclient is Samba's own client, which is told one command after the other on one connection.
type smbclient struct {
	t    *testing.T
	dir  string
	args []string
	n    int
	cmd  *exec.Cmd
	in   *os.File
	out  *bufio.Reader
}

func newClient(t *testing.T, address, who string) *smbclient {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	user, password := who, protocoltest.Password(who)
	if who == "" {
		user, password = GuestName, GuestName
	}
	c := &smbclient{t: t, dir: t.TempDir()}
	c.args = []string{"-E", "-s", "/dev/null", "-p", port, "-m", "SMB3", "-t", "120", "//" + host + "/portico", "-U", user + "%" + password}
	t.Cleanup(c.end)
	return c
}

// OneByOne: the client removes a folder name by name.
func (c *smbclient) OneByOne() {}

// LooksFirst: SMB opens what it removes.
func (c *smbclient) LooksFirst() {}

// KeepsBoth: who may only add does not see what is there.
func (c *smbclient) KeepsBoth() {}

// end kills the client, as a computer that is switched off.
func (c *smbclient) end() {
	if c.cmd != nil {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
		c.in.Close()
		c.cmd = nil
	}
}

func (c *smbclient) start() error {
	if c.cmd != nil {
		return nil
	}
	cmd := exec.Command("smbclient", c.args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "TZ=UTC", "TERM=dumb")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	stdin, in, err := os.Pipe()
	if err != nil {
		return err
	}
	defer stdin.Close()
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	defer w.Close()
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, w, w
	if err := cmd.Start(); err != nil {
		return err
	}
	c.cmd, c.in, c.out = cmd, in, bufio.NewReader(r)
	c.t.Cleanup(func() { r.Close() })
	return nil
}

// send sends a command; result waits for what it said.
func (c *smbclient) send(format string, args ...any) error {
	if err := c.start(); err != nil {
		return err
	}
	c.n++
	if _, err := fmt.Fprintf(c.in, format+"\n", args...); err != nil {
		return err
	}
	// It waits for the system, not for what it has read already: the next line goes when this one is taken.
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); <-tick.C {
		if waits, err := unix.IoctlGetInt(int(c.in.Fd()), unix.TIOCINQ); err != nil || waits == 0 {
			break
		}
	}
	// If it has ended, that shows when its answer is read.
	_, _ = fmt.Fprintf(c.in, "mark%d\n", c.n)
	return nil
}

func (c *smbclient) result() (string, error) {
	var said strings.Builder
	mark := fmt.Sprintf("mark%d: command not found", c.n)
	for {
		line, err := c.out.ReadString('\n')
		for {
			rest, prompt := strings.CutPrefix(line, `smb: \> `)
			if !prompt {
				break
			}
			line = rest
		}
		if err != nil {
			c.end()
			said.WriteString(line)
			if e := status(said.String()); e != nil {
				return said.String(), e
			}
			return said.String(), fmt.Errorf("%w: %s", protocoltest.ErrCut, said.String())
		}
		if strings.HasPrefix(line, mark) {
			return said.String(), status(said.String())
		}
		said.WriteString(line)
	}
}

func (c *smbclient) do(format string, args ...any) (string, error) {
	if err := c.send(format, args...); err != nil {
		return "", err
	}
	return c.result()
}

var word = regexp.MustCompile(`NT_STATUS_\w+`)

// status turns what the client said into an error.
func status(said string) error {
	found := word.FindString(said)
	err := map[string]error{
		"": nil, "NT_STATUS_OK": nil,
		"NT_STATUS_OBJECT_NAME_NOT_FOUND": fs.ErrNotExist, "NT_STATUS_OBJECT_PATH_NOT_FOUND": fs.ErrNotExist, "NT_STATUS_NO_SUCH_FILE": fs.ErrNotExist,
		"NT_STATUS_OBJECT_NAME_COLLISION": fs.ErrExist, "NT_STATUS_ACCESS_DENIED": fs.ErrPermission, "NT_STATUS_DISK_FULL": protocoltest.ErrFull,
		"NT_STATUS_SHARING_VIOLATION": protocoltest.ErrLocked,
	}
	e, known := err[found]
	if !known {
		e = protocoltest.ErrRefused
	}
	if e == nil {
		return nil
	}
	return fmt.Errorf("%w: %s", e, strings.TrimSpace(said))
}

// quoted is a name as the client is told it, with the characters that SMB cannot carry as macOS and Linux
// send them.
func quoted(name string) string {
	name = strings.NewReplacer(`"`, "\uf020", "*", "\uf021", ":", "\uf022", "<", "\uf023", ">", "\uf024", "?", "\uf025", "|", "\uf027").Replace(name)
	return `"` + strings.ReplaceAll(name, "/", `\`) + `"`
}

func unquoted(name string) string {
	return strings.NewReplacer("\uf020", `"`, "\uf021", "*", "\uf022", ":", "\uf023", "<", "\uf024", ">", "\uf025", "?", "\uf027", "|", "\uf029", ".").Replace(name)
}

// fifo makes a pipe with a name.
func (c *smbclient) fifo() (string, error) {
	name := filepath.Join(c.dir, fmt.Sprintf("fifo%d", c.n))
	return name, syscall.Mkfifo(name, 0o600)
}

// got is a file that comes.
type got struct {
	c    *smbclient
	file *os.File
	done chan error // how it ended
	once sync.Once
	err  error
}

func (c *smbclient) Get(name string) (io.ReadCloser, error) {
	if strings.ContainsAny(name, "\x00\n") {
		return nil, protocoltest.ErrRefused
	}
	fifo, err := c.fifo()
	if err != nil {
		return nil, err
	}
	defer os.Remove(fifo)
	opened := make(chan *os.File, 1)
	go func() {
		f, err := os.OpenFile(fifo, os.O_RDONLY, 0)
		if err != nil {
			c.t.Error(err)
		}
		opened <- f
	}()
	if err := c.send("get %s %s", quoted(name), fifo); err != nil {
		return nil, err
	}
	g := &got{c: c, done: make(chan error, 1)}
	go func() {
		_, err := c.result()
		g.done <- err
	}()
	select {
	case g.file = <-opened:
		return g, nil
	case err := <-g.done:
		// It never opened what it was to write to, or has done with it already.
		w, e := os.OpenFile(fifo, os.O_RDWR, 0)
		if e != nil {
			return nil, e
		}
		g.file = <-opened
		w.Close()
		g.done <- err
		if err != nil {
			return nil, errors.Join(err, g.file.Close())
		}
		return g, nil
	}
}

func (g *got) Read(p []byte) (int, error) {
	n, err := g.file.Read(p)
	if err == io.EOF {
		if e := g.end(); e != nil {
			err = fmt.Errorf("%w: %w", protocoltest.ErrCut, e)
		}
	}
	return n, err
}

func (g *got) end() error {
	g.once.Do(func() { g.err = <-g.done })
	return g.err
}

func (g *got) Close() error {
	g.once.Do(func() {
		// Before the end: the client is killed.
		if g.c.cmd != nil {
			_ = g.c.cmd.Process.Kill()
		}
		<-g.done
	})
	return errors.Join(g.err, g.file.Close())
}

func (c *smbclient) Put(name string, content []byte) error {
	if strings.ContainsAny(name, "\x00\n") {
		return protocoltest.ErrRefused
	}
	local := filepath.Join(c.dir, fmt.Sprintf("put%d", c.n))
	if err := os.WriteFile(local, content, 0o600); err != nil {
		return err
	}
	defer os.Remove(local)
	_, err := c.do("put %s %s", local, quoted(name))
	return err
}

// PutCut kills the client when it has sent a part.
func (c *smbclient) PutCut(name string, content []byte, sent int) error {
	w := c.beginPut(c.t, name)
	_, err := w.Write(content[:sent])
	c.end()
	return errors.Join(err, w.Close())
}

// beginPut begins to send; what is to be sent is written to what it returns.
func (c *smbclient) beginPut(t *testing.T, name string) *os.File {
	t.Helper()
	fifo, err := c.fifo()
	if err == nil {
		err = c.send("put %s %s", fifo, quoted(name))
	}
	if err != nil {
		t.Fatal(err)
	}
	// When the client opens it, it has opened the file that it sends to.
	var w *os.File
	eventually(t, "the client sends "+name, func() bool {
		w, err = os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		return err == nil
	})
	return w
}

var row = regexp.MustCompile(`(?m)^  (.+?) +([A-Z]+) +(\d+)  \w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$`)

func (c *smbclient) List(folder string) ([]string, error) {
	said, err := c.do("ls %s", strings.TrimSuffix(quoted(strings.TrimSuffix(folder, "/")+"/"), `"`)+`*"`)
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(said) {
		m := row.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m == nil || m[1] == "." || m[1] == ".." {
			continue
		}
		name := unquoted(m[1])
		if strings.Contains(m[2], "D") {
			name += "/"
		}
		out = append(out, name)
	}
	return out, nil
}

func (c *smbclient) Mkdir(name string) error {
	_, err := c.do("mkdir %s", quoted(name))
	return err
}

// Remove deletes a file, or a folder name by name.
func (c *smbclient) Remove(name string) error {
	if said, err := c.do("ls %s", quoted(name)); err == nil {
		if m := row.FindStringSubmatch(strings.TrimRight(said, "\n")); m != nil && strings.Contains(m[2], "D") {
			return c.removeFolder(name)
		}
	}
	_, err := c.do("wdel 0x06 %s", quoted(name))
	return err
}

func (c *smbclient) removeFolder(name string) error {
	inside, err := c.List(name)
	for _, in := range inside {
		err = errors.Join(err, c.Remove(path.Join(name, in)))
	}
	if err == nil {
		_, err = c.do("rmdir %s", quoted(name))
	}
	return err
}

func (c *smbclient) Rename(from, to string) error {
	_, err := c.do("rename %s %s", quoted(from), quoted(to))
	return err
}

func (c *smbclient) PutTimed(name string, content []byte, at time.Time) error {
	err := c.Put(name, content)
	if err == nil {
		_, err = c.do("utimes %s -1 -1 %s -1", quoted(name), at.UTC().Format("2006:01:02-15:04:05"))
	}
	return err
}

var written = regexp.MustCompile(`(?m)^write_time:\s+(.*) UTC$`)

func (c *smbclient) Time(name string) (time.Time, error) {
	said, err := c.do("allinfo %s", quoted(name))
	if err != nil {
		return time.Time{}, err
	}
	m := written.FindStringSubmatch(said)
	if m == nil {
		return time.Time{}, fmt.Errorf("no time in %s", said)
	}
	return time.Parse("Mon Jan _2 15:04:05 2006", m[1])
}

// GetRange goes on with a file of which the first part is there.
func (c *smbclient) GetRange(name string, off, n int64) ([]byte, error) {
	local := filepath.Join(c.dir, fmt.Sprintf("part%d", c.n))
	if err := os.WriteFile(local, make([]byte, off), 0o600); err != nil {
		return nil, err
	}
	defer os.Remove(local)
	if _, err := c.do("reget %s %s", quoted(name), local); err != nil {
		return nil, err
	}
	all, err := os.ReadFile(local)
	if err != nil || int64(len(all)) < off {
		return nil, err
	}
	return all[off:min(off+n, int64(len(all)))], nil
}
