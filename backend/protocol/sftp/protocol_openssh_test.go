package sftp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/backend/protocol/protocoltest"
)

// openSSH is the program sftp in batches. All of them share one connection, as people's do who set
// ControlMaster.
type openSSH struct {
	*library
	dir  string
	args []string
	env  []string
	n    int
}

// sshArgs are what sftp, scp and ssh need to come in as somebody without being asked.
func sshArgs(t testing.TB, dir, address, who string) (args, env []string) {
	t.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	if who == "" {
		who = "anonymous"
	}
	ask := filepath.Join(dir, "ask")
	if err := os.WriteFile(ask, []byte("#!/bin/sh\necho \"$PORTICO_PASSWORD\"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	args = []string{"-F", "none", "-o", "HostName=" + host, "-o", "Port=" + port, "-o", "User=" + who, "-o", "StrictHostKeyChecking=no",
		"-o", "UserKnownHostsFile=" + filepath.Join(dir, "known"), "-o", "LogLevel=ERROR", "-o", "IdentitiesOnly=yes", "-o", "IdentityFile=none"}
	env = append(os.Environ(), "SSH_ASKPASS="+ask, "SSH_ASKPASS_REQUIRE=force", "PORTICO_PASSWORD="+protocoltest.Password(who), "LC_ALL=C.UTF-8")
	return args, env
}

func newOpenSSH(t *testing.T, lib *library) *openSSH {
	dir, err := os.MkdirTemp("", "sftp") // sockets want short names
	if err != nil {
		t.Fatal(err)
	}
	c := &openSSH{library: lib, dir: dir}
	c.args, c.env = sshArgs(t, dir, lib.address, lib.who)
	shared := "ControlPath=" + filepath.Join(dir, "s")
	c.args = append(c.args, "-o", shared)
	master := exec.Command("ssh", append(c.args, "-o", "ControlMaster=yes", "-N", "portico")...)
	master.Env = c.env
	if err := master.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		master.Process.Kill()
		// It was killed.
		_ = master.Wait()
		os.RemoveAll(dir)
	})
	for end := time.Now().Add(20 * time.Second); ; {
		if _, err := os.Stat(filepath.Join(dir, "s")); err == nil {
			return c
		} else if time.Now().After(end) {
			t.Fatal("ssh does not come in")
		}
		time.Sleep(time.Millisecond)
	}
}

// quoted writes a name as sftp wants it in a batch.
func quoted(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

func (c *openSSH) command(batch string) *exec.Cmd {
	cmd := exec.Command("sftp", append(c.args, "-q", "-b", "-", "portico")...)
	cmd.Env, cmd.Stdin = c.env, strings.NewReader(batch)
	return cmd
}

func (c *openSSH) run(batch string, names ...string) (string, error) {
	if strings.ContainsAny(strings.Join(names, ""), "\n\r\x00") {
		return "", protocoltest.ErrRefused // no batch can say it
	}
	var out, told bytes.Buffer
	cmd := c.command(batch)
	cmd.Stdout, cmd.Stderr = &out, &told
	err := cmd.Run()
	return out.String(), heard(err, told.String())
}

// heard is what sftp's complaint means to the suite.
func heard(err error, told string) error {
	switch {
	case err == nil:
		return nil
	case strings.Contains(told, "No such file"), strings.Contains(told, "not found"):
		return fmt.Errorf("%w: %s", fs.ErrNotExist, told)
	case strings.Contains(told, "Permission denied"):
		return fmt.Errorf("%w: %s", fs.ErrPermission, told)
	case strings.Contains(told, "onnection"):
		return fmt.Errorf("%w: %s", protocoltest.ErrCut, told)
	}
	return fmt.Errorf("%w: %w: %s", protocoltest.ErrRefused, err, told)
}

func (c *openSSH) local() string {
	c.n++
	return filepath.Join(c.dir, fmt.Sprintf("file%d", c.n))
}

func (c *openSSH) put(name string, content []byte, verb string, at time.Time) error {
	file := c.local()
	defer os.Remove(file)
	if err := os.WriteFile(file, content, 0o644); err != nil {
		return err
	}
	if !at.IsZero() {
		if err := os.Chtimes(file, at, at); err != nil {
			return err
		}
	}
	_, err := c.run(verb+" "+file+" "+quoted(name)+"\n", name)
	return err
}

func (c *openSSH) Put(name string, content []byte) error {
	return c.put(name, content, "put", time.Time{})
}

func (c *openSSH) PutTimed(name string, content []byte, at time.Time) error {
	return c.put(name, content, "put -p", at)
}

func (c *openSSH) Time(name string) (time.Time, error) {
	file := c.local()
	defer os.Remove(file)
	if _, err := c.run("get -p " + quoted(name) + " " + file + "\n"); err != nil {
		return time.Time{}, err
	}
	info, err := os.Stat(file)
	if err != nil {
		return time.Time{}, err
	}
	return info.ModTime(), nil
}

func (c *openSSH) PutResumed(name string, content []byte, first int) error {
	if err := c.PutCut(name, content, first); err != nil {
		return err
	}
	return c.put(name, content, "reput", time.Time{})
}

func (c *openSSH) List(folder string) ([]string, error) {
	text, err := c.run("ls -la "+quoted(folder)+"\n", folder)
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "sftp>") {
			continue
		}
		name := strings.TrimSuffix(line, "\n")
		for range 8 {
			_, name, _ = strings.Cut(strings.TrimLeft(name, " "), " ")
		}
		if strings.HasPrefix(name, "/") {
			return nil, protocoltest.ErrRefused // it lists what is no folder by itself
		}
		if strings.HasPrefix(line, "d") {
			name += "/"
		}
		out = append(out, name)
	}
	return out, nil
}

func (c *openSSH) Mkdir(name string) error {
	_, err := c.run("mkdir "+quoted(name)+"\n", name)
	return err
}

func (c *openSSH) Rename(from, to string) error {
	_, err := c.run("rename "+quoted(from)+" "+quoted(to)+"\n", from, to)
	return err
}

// Remove takes a folder away as people do: what is in it first.
func (c *openSSH) Remove(name string) error {
	info, err := c.client().Stat(name)
	if err != nil || !info.IsDir() {
		_, err := c.run("rm "+quoted(name)+"\n", name)
		return err
	}
	list, err := c.List(name)
	if err != nil {
		return err
	}
	for _, inside := range list {
		if err := c.Remove(name + "/" + strings.TrimSuffix(inside, "/")); err != nil {
			return err
		}
	}
	_, err = c.run("rmdir "+quoted(name)+"\n", name)
	return err
}

// Get follows the file that sftp writes, as far as it has come.
func (c *openSSH) Get(name string) (io.ReadCloser, error) {
	if strings.ContainsAny(name, "\n\r\x00") {
		return nil, protocoltest.ErrRefused
	}
	f := &following{file: c.local(), ended: make(chan struct{})}
	cmd := c.command("get " + quoted(name) + " " + f.file + "\n")
	cmd.Stderr = &f.told
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	f.cmd = cmd
	go func() {
		defer close(f.ended)
		f.err = cmd.Wait()
	}()
	if !f.grows() && f.err != nil {
		f.Close()
		return nil, heard(f.err, f.told.String())
	}
	var err error
	if f.r, err = os.Open(f.file); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// following reads a file while sftp writes it.
type following struct {
	cmd   *exec.Cmd
	file  string
	told  bytes.Buffer
	ended chan struct{}
	err   error // of the program; after ended
	r     *os.File
	at    int64
}

// grows waits until there is more to read, or the program has ended.
func (f *following) grows() bool {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		over := false
		select {
		case <-f.ended:
			over = true
		case <-tick.C:
		}
		// What is written last may be in no order; a megabyte behind, it is.
		info, err := os.Stat(f.file)
		if err == nil && (info.Size() > f.at+32<<20 || over && info.Size() > f.at) {
			return true
		}
		if over {
			return false
		}
	}
}

func (f *following) Read(p []byte) (int, error) {
	if !f.grows() {
		if f.err != nil {
			return 0, heard(f.err, f.told.String())
		}
		return 0, io.EOF
	}
	n, err := f.r.ReadAt(p, f.at)
	f.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

func (f *following) Close() error {
	var err error
	select {
	case <-f.ended:
	default:
		err = f.cmd.Process.Kill()
		if errors.Is(err, os.ErrProcessDone) {
			err = nil
		}
	}
	<-f.ended
	if f.r != nil {
		f.r.Close()
	}
	os.Remove(f.file)
	return err
}
