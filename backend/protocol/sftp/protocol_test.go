package sftp

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"go.uber.org/goleak"
	"golang.org/x/crypto/ssh"

	"portico/backend/listen"
	"portico/backend/protocol/entry"
	"portico/backend/protocol/protocoltest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestProtocol puts the door through the suite of all doors, with a library and with OpenSSH.
func TestProtocol(t *testing.T) {
	for _, d := range doors(t) {
		t.Run(d.Name, func(t *testing.T) { protocoltest.Run(t, d) })
	}
}

// TestProtocolCross: what comes over SSH is there on the web, and the reverse.
func TestProtocolCross(t *testing.T) { protocoltest.Cross(t, append(doors(t), webDoor())...) }

func doors(t *testing.T) []protocoltest.Door {
	all := []protocoltest.Door{{Name: "sftp by library", Label: doorName, Start: func(t *testing.T, h *protocoltest.House) protocoltest.Server { return served{serveHouse(t, h), false} }}}
	if _, err := exec.LookPath("sftp"); err != nil {
		t.Log("sftp is not installed")
		return all
	}
	return append(all, protocoltest.Door{Name: "sftp by OpenSSH", Label: doorName, Start: func(t *testing.T, h *protocoltest.House) protocoltest.Server {
		return served{serveHouse(t, h), true}
	}})
}

// hostKey is a key of the server; making one takes no time.
func hostKey(t testing.TB) ssh.Signer {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	return signerOf(t, key, err)
}

// signerOf is a key that was just made.
func signerOf(t testing.TB, key any, err error) ssh.Signer {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

// serveHouse opens the door over a house and returns its address.
func serveHouse(t testing.TB, h *protocoltest.House) string {
	return serveDoor(t, newDoor(t, h))
}

// serveDoor opens a door and returns its address.
func serveDoor(t testing.TB, d *Door) string {
	t.Helper()
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
	return d.Addrs()[0].String()
}

func newDoor(t testing.TB, h *protocoltest.House) *Door {
	return newDoorWith(t, h, Options{Listen: listen.Spec{Addrs: []string{"127.0.0.1:0"}}, Keys: []ssh.Signer{hostKey(t)}})
}

func newDoorWith(t testing.TB, h *protocoltest.House, o Options) *Door {
	return New(Options{
		Listen: o.Listen, Keys: o.Keys, Old: o.Old,
		Entry: entry.New(entry.Options{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares}),
		Log:   slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
}

type served struct {
	address string
	openssh bool
}

func (s served) Client(t *testing.T, who string) protocoltest.Client {
	lib := &library{t: t, address: s.address, who: who}
	if s.openssh {
		return newOpenSSH(t, lib)
	}
	return lib
}

// library is the client of github.com/pkg/sftp.
type library struct {
	t            testing.TB
	address, who string
	c            *sftp.Client
}

// dial signs in on a connection of its own.
func dial(t testing.TB, address, who, password string) (net.Conn, *ssh.Client, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, nil, err
	}
	name := who
	if who == "" {
		name = "anonymous"
	}
	c, chans, requests, err := ssh.NewClientConn(conn, address, &ssh.ClientConfig{
		User: name, Auth: []ssh.AuthMethod{ssh.Password(password)}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 20 * time.Second,
	})
	if err != nil {
		return nil, nil, err
	}
	client := ssh.NewClient(c, chans, requests)
	t.Cleanup(func() { client.Close() })
	return conn, client, nil
}

// open is a connection and a conversation on it.
func (c *library) open() (net.Conn, *sftp.Client, error) {
	conn, client, err := dial(c.t, c.address, c.who, protocoltest.Password(c.who))
	if err != nil {
		return nil, nil, err
	}
	s, err := sftp.NewClient(client)
	return conn, s, err
}

// fresh is a conversation on a connection of its own.
func (c *library) fresh() (*sftp.Client, error) {
	_, s, err := c.open()
	return s, err
}

func (c *library) client() *sftp.Client {
	c.t.Helper()
	if c.c == nil {
		var err error
		if _, c.c, err = c.open(); err != nil {
			c.t.Fatal(err)
		}
	}
	return c.c
}

// KeepsBoth: where one may not be told what is there, both are kept.
func (c *library) KeepsBoth() {}

// told is what an error means to the suite.
func told(err error) error {
	var status *sftp.StatusError
	switch {
	case err == nil, errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return err
	case errors.As(err, &status):
		return fmt.Errorf("%w: %w", protocoltest.ErrRefused, err)
	}
	return fmt.Errorf("%w: %w", protocoltest.ErrCut, err)
}

// got is a file being read.
type got struct{ *sftp.File }

func (g got) Read(p []byte) (int, error) {
	n, err := g.File.Read(p)
	if err != nil && err != io.EOF {
		err = told(err)
	}
	return n, err
}

func (c *library) Get(name string) (io.ReadCloser, error) {
	f, err := c.client().Open(name)
	if err != nil {
		return nil, told(err)
	}
	return got{f}, nil
}

func (c *library) GetRange(name string, off, n int64) ([]byte, error) {
	f, err := c.client().Open(name)
	if err != nil {
		return nil, told(err)
	}
	defer f.Close()
	b := make([]byte, n)
	m, err := f.ReadAt(b, off)
	return b[:m], told(err)
}

func (c *library) Put(name string, content []byte) error {
	f, err := c.client().OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return told(err)
	}
	_, err = f.ReadFromWithConcurrency(bytes.NewReader(content), 8)
	return told(errors.Join(err, f.Close()))
}

func (c *library) PutTimed(name string, content []byte, at time.Time) error {
	if err := c.Put(name, content); err != nil {
		return err
	}
	return told(c.client().Chtimes(name, at, at))
}

func (c *library) Time(name string) (time.Time, error) {
	info, err := c.client().Stat(name)
	if err != nil {
		return time.Time{}, told(err)
	}
	return info.ModTime(), nil
}

func (c *library) List(folder string) ([]string, error) {
	list, err := c.client().ReadDir(folder)
	if err != nil {
		return nil, told(err)
	}
	var out []string
	for _, e := range list {
		name := e.Name()
		if e.IsDir() {
			name += "/"
		}
		out = append(out, name)
	}
	return out, nil
}

func (c *library) Mkdir(name string) error { return told(c.client().Mkdir(name)) }

// OneByOne: folders are taken away by whoever sees what is in them.
func (c *library) OneByOne() {}

// Remove takes a folder away as SFTP has it: name by name.
func (c *library) Remove(name string) error {
	info, err := c.client().Stat(name)
	if err != nil || !info.IsDir() {
		return told(c.client().Remove(name))
	}
	list, err := c.client().ReadDir(name)
	if err != nil {
		return told(err)
	}
	for _, e := range list {
		if err := c.Remove(path.Join(name, e.Name())); err != nil {
			return err
		}
	}
	return told(c.client().RemoveDirectory(name))
}

func (c *library) Rename(from, to string) error { return told(c.client().PosixRename(from, to)) }

// PutCut vanishes: the connection ends without a word.
func (c *library) PutCut(name string, content []byte, sent int) error {
	conn, s, err := c.open()
	if err != nil {
		return err
	}
	f, err := s.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = f.Write(content[:sent])
	return errors.Join(err, conn.Close())
}

// PutResumed goes on from the length that the server tells.
func (c *library) PutResumed(name string, content []byte, first int) error {
	if err := c.PutCut(name, content, first); err != nil {
		return err
	}
	info, err := c.client().Stat(name)
	if err != nil || info.Size() != int64(first) {
		return fmt.Errorf("%d bytes are there, %d were sent: %w", info.Size(), first, err)
	}
	f, err := c.client().OpenFile(name, os.O_WRONLY|os.O_CREATE)
	if err != nil {
		return told(err)
	}
	_, err = f.WriteAt(content[first:], int64(first))
	return told(errors.Join(err, f.Close()))
}

func (c *library) Patch(name string, off int64, piece []byte) error {
	f, err := c.client().OpenFile(name, os.O_RDWR)
	if err != nil {
		return told(err)
	}
	_, err = f.WriteAt(piece, off)
	return told(errors.Join(err, f.Close()))
}

// Probe asks for a path as it is, in every way that gives content or a name back.
func (c *library) Probe(name string) string {
	var out strings.Builder
	if real, err := c.client().RealPath(name); err == nil {
		if f, err := c.client().Open(real); err == nil {
			_, _ = io.CopyN(&out, f, 1<<10)
			f.Close()
		}
	}
	if target, err := c.client().ReadLink(name); err == nil {
		out.WriteString(target)
	}
	return out.String()
}
