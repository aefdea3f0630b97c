//go:build amd64 || arm64

package localdisk_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	fuse "github.com/hanwen/go-fuse/v2/fs"
	wire "github.com/hanwen/go-fuse/v2/fuse"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/drivertest"
	"portico/backend/vfs/localdisk"
)

// folding is a file system that takes "A" and "a" for one name and keeps the spelling that was made
// first, like those of Windows, Macs and memory sticks. It lies over a folder and is served by a
// process of its own: one that waits for itself can never be ended.
type folding struct {
	fuse.Inode
	below string
}

const foldingEnv = "PORTICO_TEST_FOLDING" // below and at, separated by a newline

// serveFolding is the other process.
func serveFolding(places string) int {
	below, at, _ := strings.Cut(places, "\n")
	none := time.Duration(0)
	s, err := fuse.Mount(at, &folding{below: below}, &fuse.Options{
		EntryTimeout: &none, AttrTimeout: &none, NegativeTimeout: &none,
		MountOptions: wire.MountOptions{DirectMount: true, FsName: "portico-test"},
	})
	if err != nil {
		os.Stdout.WriteString(err.Error() + "\n")
		return 1
	}
	os.Stdout.WriteString("ready\n")
	io.Copy(io.Discard, os.Stdin) // until the test ends, however it ends
	if s.Unmount() != nil {
		return 1
	}
	return 0
}

// mountFolding mounts such a file system until the test ends, or skips the test.
func mountFolding(t *testing.T) string {
	t.Helper()
	below, at := t.TempDir(), t.TempDir()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), foldingEnv+"="+below+"\n"+at)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = c.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 200)
	n, _ := out.Read(line)
	t.Cleanup(func() {
		in.Close()
		c.Wait()
	})
	if got := strings.TrimSpace(string(line[:n])); got != "ready" {
		t.Skip("file systems in user space cannot be mounted here: ", got)
	}
	return at
}

// real is where a name below this folder lies, in its stored spelling.
func (n *folding) real(name string) string {
	at := n.below
	for seg := range strings.SplitSeq(filepath.Join(n.Path(n.Root()), name), "/") {
		at = filepath.Join(at, storedIn(at, seg))
	}
	return at
}

func storedIn(folder, name string) string {
	l, _ := os.ReadDir(folder)
	best := name
	for _, e := range l {
		if e.Name() == name {
			return name
		}
		if strings.EqualFold(e.Name(), name) {
			best = e.Name()
		}
	}
	return best
}

func (n *folding) child(ctx context.Context, path string, out *wire.EntryOut) (*fuse.Inode, syscall.Errno) {
	var st syscall.Stat_t
	if err := syscall.Lstat(path, &st); err != nil {
		return nil, fuse.ToErrno(err)
	}
	out.Attr.FromStat(&st)
	return n.NewInode(ctx, &folding{below: n.below}, fuse.StableAttr{Mode: st.Mode, Ino: st.Ino}), 0
}

func (n *folding) Lookup(ctx context.Context, name string, out *wire.EntryOut) (*fuse.Inode, syscall.Errno) {
	return n.child(ctx, n.real(name), out)
}

func (n *folding) Getattr(ctx context.Context, f fuse.FileHandle, out *wire.AttrOut) syscall.Errno {
	if g, ok := f.(fuse.FileGetattrer); ok {
		return g.Getattr(ctx, out)
	}
	var st syscall.Stat_t
	if err := syscall.Lstat(n.real(""), &st); err != nil {
		return fuse.ToErrno(err)
	}
	out.FromStat(&st)
	return 0
}

func (n *folding) Setattr(ctx context.Context, f fuse.FileHandle, in *wire.SetAttrIn, out *wire.AttrOut) syscall.Errno {
	if m, ok := in.GetMode(); ok {
		if err := os.Chmod(n.real(""), os.FileMode(m&0o777)); err != nil {
			return fuse.ToErrno(err)
		}
	}
	if s, ok := in.GetSize(); ok {
		if err := os.Truncate(n.real(""), int64(s)); err != nil {
			return fuse.ToErrno(err)
		}
	}
	if t, ok := in.GetMTime(); ok {
		if err := os.Chtimes(n.real(""), time.Time{}, t); err != nil {
			return fuse.ToErrno(err)
		}
	}
	return n.Getattr(ctx, nil, out)
}

func (n *folding) Mkdir(ctx context.Context, name string, mode uint32, out *wire.EntryOut) (*fuse.Inode, syscall.Errno) {
	p := n.real(name)
	if err := os.Mkdir(p, os.FileMode(mode)); err != nil {
		return nil, fuse.ToErrno(err)
	}
	return n.child(ctx, p, out)
}

func (n *folding) Create(ctx context.Context, name string, flags, mode uint32, out *wire.EntryOut) (*fuse.Inode, fuse.FileHandle, uint32, syscall.Errno) {
	p := n.real(name)
	fd, err := syscall.Open(p, int(flags)|os.O_CREATE, mode)
	if err != nil {
		return nil, nil, 0, fuse.ToErrno(err)
	}
	ch, errno := n.child(ctx, p, out)
	return ch, fuse.NewLoopbackFile(fd), 0, errno
}

func (n *folding) Open(ctx context.Context, flags uint32) (fuse.FileHandle, uint32, syscall.Errno) {
	fd, err := syscall.Open(n.real(""), int(flags&^syscall.O_APPEND), 0)
	if err != nil {
		return nil, 0, fuse.ToErrno(err)
	}
	return fuse.NewLoopbackFile(fd), 0, 0
}

func (n *folding) Readdir(ctx context.Context) (fuse.DirStream, syscall.Errno) {
	return fuse.NewLoopbackDirStream(n.real(""))
}

func (n *folding) Readlink(ctx context.Context) ([]byte, syscall.Errno) {
	to, err := os.Readlink(n.real(""))
	return []byte(to), fuse.ToErrno(err)
}

func (n *folding) Unlink(ctx context.Context, name string) syscall.Errno {
	return fuse.ToErrno(syscall.Unlink(n.real(name)))
}

func (n *folding) Rmdir(ctx context.Context, name string) syscall.Errno {
	return fuse.ToErrno(syscall.Rmdir(n.real(name)))
}

func (n *folding) Rename(ctx context.Context, name string, to fuse.InodeEmbedder, toName string, flags uint32) syscall.Errno {
	from, over := n.real(name), to.(*folding).real(toName)
	if from == over {
		over = filepath.Join(filepath.Dir(over), toName) // only the spelling changes
	}
	return fuse.ToErrno(syscall.Rename(from, over))
}

// foldingVolume is a volume on such a file system.
type foldingVolume struct {
	root     string
	portable bool
}

func (v *foldingVolume) Folder() string { return v.root }

func (v *foldingVolume) Open(t *testing.T) driver.Driver {
	t.Helper()
	d, err := localdisk.Open(t.Context(), localdisk.Options{Root: v.root, Instance: "test", Portable: v.portable})
	if err != nil {
		t.Fatal(err)
	}
	return foldingDisk{d}
}

// foldingDisk says what the mounted disk does.
type foldingDisk struct{ *localdisk.Disk }

func (d foldingDisk) Caps() driver.Caps {
	c := d.Disk.Caps()
	c.CaseFold = true
	return c
}

func TestSuiteFolding(t *testing.T) {
	for name, portable := range map[string]bool{"": false, "portable": true} {
		t.Run(name, func(t *testing.T) {
			drivertest.Run(t, func(t *testing.T) drivertest.Harness { return &foldingVolume{mountFolding(t), portable} },
				"lookup/root", "lookup/file", "lookup/kinds", "names/case", "folder/make", "folder/remove", "rename/file", "rename/folder", "publish/", "hidden/", "stage/survives")
		})
	}
}

// TestFoldingIsJudgedByTheStoredName: /PRIVATE must not be another place than /private.
func TestFoldingIsJudgedByTheStoredName(t *testing.T) {
	for _, portable := range []bool{false, true} {
		root := mountFolding(t)
		if err := os.MkdirAll(filepath.Join(root, "private", "Zoë"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(root, "private", "Zoë", "secret.txt"), []byte("s"), 0o644); err != nil {
			t.Fatal(err)
		}
		below := (&foldingVolume{root, portable}).Open(t)
		for _, asked := range []string{"private/Zoë/secret.txt", "PRIVATE/ZOË/SECRET.TXT", "Private/zoë/Secret.txt"} {
			o, err := below.Lookup(t.Context(), asked, driver.WantRead)
			if err != nil {
				t.Fatal(err)
			}
			if real, _ := o.Real(); real != "private/Zoë/secret.txt" || o.Info().Name != "secret.txt" {
				t.Errorf("%q is really %q, its name %q", asked, real, o.Info().Name)
			}
			o.Close()
		}
		if err := below.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
