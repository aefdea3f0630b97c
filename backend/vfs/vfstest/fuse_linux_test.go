package vfstest_test

import (
	"context"
	"errors"
	iofs "io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"

	"portico/backend/vfs"
)

// node serves a session through go-fuse: one per name the kernel asked for.
type node struct {
	fs.Inode
	s *vfs.Session
}

var (
	_ fs.NodeLookuper  = (*node)(nil)
	_ fs.NodeGetattrer = (*node)(nil)
	_ fs.NodeSetattrer = (*node)(nil)
	_ fs.NodeReaddirer = (*node)(nil)
	_ fs.NodeCreater   = (*node)(nil)
	_ fs.NodeOpener    = (*node)(nil)
	_ fs.NodeRenamer   = (*node)(nil)
)

func (n *node) name(child ...string) string {
	return place(filepath.Join(append([]string{n.Path(nil)}, child...)...))
}

func errno(err error) syscall.Errno {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, iofs.ErrNotExist):
		return syscall.ENOENT
	case errors.Is(err, iofs.ErrExist):
		return syscall.EEXIST
	case errors.Is(err, iofs.ErrPermission):
		return syscall.EACCES
	}
	return syscall.EIO
}

func attr(e vfs.Entry, out *fuse.Attr) {
	out.Mode, out.Size = uint32(syscall.S_IFREG|0o644), uint64(e.Size)
	if e.IsFolder() {
		out.Mode = syscall.S_IFDIR | 0o755
	}
	out.SetTimes(nil, &e.ModTime, nil)
}

func (n *node) child(ctx context.Context, e vfs.Entry, out *fuse.EntryOut) *fs.Inode {
	attr(e, &out.Attr)
	return n.NewInode(ctx, &node{s: n.s}, fs.StableAttr{Mode: out.Attr.Mode &^ 0o777})
}

func (n *node) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	e, err := n.s.Stat(n.name(name))
	if err != nil {
		return nil, errno(err)
	}
	return n.child(ctx, e, out), 0
}

func (n *node) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	e, err := n.s.Stat(n.name())
	if err == nil {
		attr(e, &out.Attr)
	}
	return errno(err)
}

func (n *node) Setattr(ctx context.Context, f fs.FileHandle, in *fuse.SetAttrIn, out *fuse.AttrOut) syscall.Errno {
	if size, ok := in.GetSize(); ok {
		if w, ok := f.(*fuseWriter); ok {
			if err := w.w.Truncate(int64(size)); err != nil {
				return errno(err)
			}
		}
	}
	return n.Getattr(ctx, f, out)
}

func (n *node) Readdir(context.Context) (fs.DirStream, syscall.Errno) {
	list, err := n.s.List(n.name())
	var out []fuse.DirEntry
	for _, e := range list {
		mode := uint32(syscall.S_IFREG)
		if e.IsFolder() {
			mode = syscall.S_IFDIR
		}
		out = append(out, fuse.DirEntry{Name: e.Name, Mode: mode})
	}
	return fs.NewListDirStream(out), errno(err)
}

func (n *node) Create(ctx context.Context, name string, _ uint32, _ uint32, out *fuse.EntryOut) (*fs.Inode, fs.FileHandle, uint32, syscall.Errno) {
	w, err := n.s.Create(n.name(name), vfs.CreateOptions{Size: -1})
	if err != nil {
		return nil, nil, 0, errno(err)
	}
	return n.child(ctx, vfs.Entry{Kind: vfs.KindFile}, out), &fuseWriter{w: w}, fuse.FOPEN_DIRECT_IO, 0
}

func (n *node) Open(_ context.Context, flags uint32) (fs.FileHandle, uint32, syscall.Errno) {
	if flags&(syscall.O_WRONLY|syscall.O_RDWR) == 0 {
		f, err := n.s.Open(n.name())
		return &fuseReader{f}, fuse.FOPEN_DIRECT_IO, errno(err)
	}
	o := vfs.CreateOptions{Size: -1, Base: vfs.Existing}
	if flags&syscall.O_TRUNC != 0 {
		o.Base = vfs.Empty
	}
	w, err := n.s.Create(n.name(), o)
	return &fuseWriter{w: w}, fuse.FOPEN_DIRECT_IO, errno(err)
}

func (n *node) Rename(_ context.Context, name string, to fs.InodeEmbedder, toName string, _ uint32) syscall.Errno {
	target := place(filepath.Join(to.EmbeddedInode().Path(nil), toName))
	_, err := n.s.Rename(n.name(name), target, vfs.Replace)
	return errno(err)
}

type fuseReader struct{ f *vfs.File }

func (r *fuseReader) Read(_ context.Context, dest []byte, off int64) (fuse.ReadResult, syscall.Errno) {
	n, _ := r.f.ReadAt(dest, off)
	return fuse.ReadResultData(dest[:n]), 0
}

func (r *fuseReader) Release(context.Context) syscall.Errno { return errno(r.f.Close()) }

// fuseWriter commits when the program closes its descriptor.
type fuseWriter struct {
	w    *vfs.Writer
	once sync.Once
	err  error
}

func (w *fuseWriter) Write(_ context.Context, data []byte, off int64) (uint32, syscall.Errno) {
	n, err := w.w.WriteAt(data, off)
	return uint32(n), errno(err)
}

func (w *fuseWriter) Flush(context.Context) syscall.Errno {
	w.once.Do(func() { _, w.err = w.w.Commit() })
	return errno(w.err)
}

func (w *fuseWriter) Release(context.Context) syscall.Errno { return errno(w.w.Abort()) }

type fuseSide struct {
	t   *testing.T
	dir string
	s   *vfs.Session
}

func fuseClient(t *testing.T, s *vfs.Session) client {
	if _, err := os.Stat("/dev/fuse"); err != nil {
		t.Skip("no /dev/fuse here: ", err)
	}
	dir := t.TempDir()
	o := &fs.Options{RootStableAttr: &fs.StableAttr{Mode: syscall.S_IFDIR}}
	o.DirectMount = os.Geteuid() == 0
	server, err := fs.Mount(dir, &node{s: s}, o)
	if err != nil {
		t.Skip("nothing can be mounted here: ", err)
	}
	t.Cleanup(func() {
		if err := server.Unmount(); err != nil {
			t.Error(err)
		}
		server.Wait()
	})
	return &fuseSide{t, dir, s}
}

func (c *fuseSide) at(name string) string { return filepath.Join(c.dir, name) }

func (c *fuseSide) Put(name string, content []byte) error {
	finish, _ := c.Begin(name, content)
	return finish()
}

// Begin is cut by the end of the session: the kernel flushes what a killed program had open.
func (c *fuseSide) Begin(name string, part []byte) (finish func() error, cut func()) {
	f, err := os.OpenFile(c.at(name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := f.Write(part); err != nil {
		c.t.Fatal(err)
	}
	cut = func() {
		c.s.Close()
		if err := f.Close(); err == nil {
			c.t.Error("the program was told that all is well")
		}
	}
	return f.Close, cut
}

func (c *fuseSide) Get(name string) ([]byte, error) { return os.ReadFile(c.at(name)) }
func (c *fuseSide) Rename(from, to string) error    { return os.Rename(c.at(from), c.at(to)) }

func (c *fuseSide) List(dir string) ([]string, error) {
	list, err := os.ReadDir(c.at(dir))
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out, err
}
