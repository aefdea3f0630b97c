//go:build unix

package control

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// socketMax is the longest socket name that every Unix takes.
const socketMax = 100

// socket returns the name of the socket of a data folder. Where that would be too long for the
// system, it lies in a private folder beside other temporary files instead, under a name that both
// sides can work out.
func socket(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	if name := filepath.Join(dir, "control.sock"); len(name) <= socketMax {
		return name, nil
	}
	private := filepath.Join("/tmp", "portico-"+strconv.Itoa(os.Geteuid()))
	if err := os.Mkdir(private, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	about, err := os.Lstat(private)
	if err != nil {
		return "", err
	}
	owner, ok := about.Sys().(*syscall.Stat_t)
	if !about.IsDir() || about.Mode().Perm() != 0o700 || !ok || int(owner.Uid) != os.Geteuid() {
		return "", fmt.Errorf("%s is not a private folder of this user", private)
	}
	sum := sha256.Sum256([]byte(dir))
	return filepath.Join(private, hex.EncodeToString(sum[:12])+".sock"), nil
}

// Listen opens the control socket of a data folder. The caller must have the store of it open,
// so that a socket which lies there already is a dead one's: it is replaced. Only this user and root get through.
func Listen(dir string) (net.Listener, error) {
	name, err := socket(dir)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: name, Net: "unix"})
	if err != nil {
		return nil, err
	}
	// Until this, the mode of the folder keeps others out, and peer() in any case.
	if err := os.Chmod(name, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return &listener{l}, nil
}

// listener lets through connections of this user and root only.
type listener struct{ *net.UnixListener }

func (l *listener) Accept() (net.Conn, error) {
	for {
		c, err := l.AcceptUnix()
		if err != nil {
			return nil, err
		}
		if uid, err := peer(c); err == nil && (uid == 0 || uid == os.Geteuid()) {
			return c, nil
		}
		c.Close()
	}
}

// Dial connects to the master of a data folder, having made sure that it is this user's or root's.
func Dial(ctx context.Context, dir string) (net.Conn, error) {
	name, err := socket(dir)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	c, err := d.DialContext(ctx, "unix", name)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return nil, ErrNotRunning
	case err != nil:
		return nil, err
	}
	uid, err := peer(c.(*net.UnixConn))
	if err == nil && uid != 0 && uid != os.Geteuid() && os.Geteuid() != 0 {
		err = fmt.Errorf("%s belongs to user %d", name, uid)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// ask runs fn on the descriptor of c.
func ask(c *net.UnixConn, fn func(fd int) error) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	var inner error
	if err := raw.Control(func(fd uintptr) { inner = fn(int(fd)) }); err != nil {
		return err
	}
	return inner
}
