//go:build linux

package samba

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"unicode"

	"golang.org/x/sys/unix"
)

// visitVariable is in the environment of a child, from where the settings read it.
const visitVariable = "PORTICO_VISIT"

// Child is one smbd, which speaks with one client.
type Child struct {
	cmd    *exec.Cmd
	socket string                 // the connection, as /proc calls it
	held   atomic.Pointer[string] // the name in /proc of its hold on that
	ended  atomic.Bool            // by us
	last   string                 // what it said last; read it when read is closed
	failed error                  // why it ended as it should not; read it when done is closed

	read chan struct{} // closed when all is read that it said
	done chan struct{}
}

// memory keeps the buffers of large writes, of 8 MiB each, instead of giving them back to the system and taking
// them anew for every one (the tunables of GNU's C library; others know no such variable).
const memory = "GLIBC_TUNABLES=glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=33554432:glibc.malloc.hugetlb=1"

// command is smbd as it is always run: without rights, and knowing no users but ours.
func (s *Samba) command(ctx context.Context, args ...string) *exec.Cmd {
	in := s.place.dir
	cmd := exec.CommandContext(ctx, s.programs.smbd, args...)
	cmd.Dir = in
	cmd.Env = []string{
		"PATH=/usr/bin:/bin:/usr/sbin:/sbin", "LANG=C.UTF-8", "HOME=" + in, "TMPDIR=" + in, memory,
		"LD_PRELOAD=" + s.programs.wrapper,
		"NSS_WRAPPER_PASSWD=" + filepath.Join(in, "passwd"), "NSS_WRAPPER_GROUP=" + filepath.Join(in, "group"),
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if s.Foreign() {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(s.place.uid), Gid: uint32(s.place.gid)}
	}
	return cmd
}

// Start lets an smbd speak on a connection, of which it gets a copy. visit is the folder of the view below
// which the share of this connection lies. wrong is called with the name for each wrong password, by one
// goroutine.
func (s *Samba) Start(connection *os.File, visit string, wrong func(name string)) (*Child, error) {
	in := s.place.dir
	cmd := s.command(context.Background(), "--interactive", "--no-process-group", "--debug-stdout", "-s", filepath.Join(in, "smb.conf"), "-l", filepath.Join(in, "log"))
	cmd.Env = append(cmd.Env, visitVariable+"="+visit)
	cmd.Stdin = connection
	var about unix.Stat_t
	if err := unix.Fstat(int(connection.Fd()), &about); err != nil {
		return nil, err
	}
	said, says, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = says, says
	result := make(chan error)
	s.starts <- func() { result <- cmd.Start() }
	err = <-result
	says.Close()
	if err != nil {
		said.Close()
		return nil, err
	}
	c := &Child{cmd: cmd, socket: fmt.Sprintf("socket:[%d]", about.Ino), read: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(c.read)
		defer said.Close()
		c.last = s.listen(said, wrong)
	}()
	go c.wait(s)
	return c, nil
}

func (c *Child) wait(s *Samba) {
	defer close(c.done)
	err := c.cmd.Wait()
	c.failing(err)
	// It has helpers, which look for changes in folders. They hold what it said open.
	_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
	<-c.read
	if c.failed == nil {
		s.o.Log.Debug("smbd ended", "how", err)
		return
	}
	if c.last != "" {
		c.failed = fmt.Errorf("%w: %s", c.failed, c.last)
	}
	s.o.Log.Warn("smbd ended as it should not; its client has to connect again", "how", c.failed)
}

// failing notes how it ended, if it should not have.
func (c *Child) failing(err error) {
	how, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case !ok || c.ended.Load():
	case how.Signaled() && how.Signal() == syscall.SIGKILL:
		c.failed = errors.New("it was killed, as systems do that are short of memory")
	case how.ExitStatus() > 0 || how.Signaled() && how.Signal() != syscall.SIGTERM: // with that it ends itself when its client goes
		c.failed = err
	}
}

// Failed says why it ended as it should not, with what it said last; nil where it ended in order, or by
// Kill. Call it when Done is closed.
func (c *Child) Failed() error { return c.failed }

// Running reports whether it goes on with its client. One that is told to end, or is killed, closes what it
// had open, too: by then it has given up the connection, or the system has taken all its files from it before
// it closes the first.
func (c *Child) Running() bool {
	return c.holds("/proc/" + strconv.Itoa(c.cmd.Process.Pid) + "/fd")
}

// holds reports whether it has the connection open. Which of its descriptors that is, is looked up once.
func (c *Child) holds(fds string) bool {
	if at := c.held.Load(); at != nil {
		to, err := os.Readlink(*at)
		return err == nil && to == c.socket
	}
	list, err := os.ReadDir(fds)
	if err != nil {
		return false
	}
	for _, fd := range list {
		at := fds + "/" + fd.Name()
		// What was closed since is no hold; it was handed over as the first, of which it makes its own.
		if to, err := os.Readlink(at); err == nil && to == c.socket && fd.Name() != "0" {
			c.held.Store(&at)
			return true
		}
	}
	return false
}

// Done is closed when it has ended.
func (c *Child) Done() <-chan struct{} { return c.done }

// Kill ends it at once. Its caller sees to it before that nothing is taken for finished which smbd closes
// by that.
func (c *Child) Kill() {
	c.ended.Store(true)
	_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL)
}

// listen reads what smbd says: who came with a wrong password, and what else went wrong. It returns the last
// line of that, as far as it can be shown.
func (s *Samba) listen(from io.Reader, wrong func(name string)) (last string) {
	for in := bufio.NewReader(from); ; {
		line, more, err := in.ReadLine()
		if err != nil {
			return last
		}
		text := string(line)
		for more && err == nil { // longer than anything worth reading
			_, more, err = in.ReadLine()
		}
		text = strings.TrimSpace(text)
		if rest, is := strings.CutPrefix(text, "Auth: ["); is {
			wrong(nameIn(rest))
		} else if text != "" {
			s.o.Log.Debug("smbd", "says", text)
			last = shown(text)
		}
	}
}

// shown is a line as people are told it.
func shown(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	return fmt.Sprintf("%.200s", text)
}

// nameIn finds the name in "SMB2,(null)] user [WORKGROUP]\[alice] at [...". Whoever chose it may have
// chosen one with brackets: it is only told.
func nameIn(text string) string {
	_, after, _ := strings.Cut(text, `]\[`)
	name, _, _ := strings.Cut(after, "] at [")
	return name
}
