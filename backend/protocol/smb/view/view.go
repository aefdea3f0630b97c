//go:build linux

package view

import (
	"context"
	"log/slog"
	"sync"
	"syscall"
	"time"

	"github.com/hanwen/go-fuse/v2/fs"
	"github.com/hanwen/go-fuse/v2/fuse"
)

// largest is how much one read or write of the kernel carries, in bytes.
const largest = 1 << 20

// How long the kernel takes for true what it was told, so that it need not ask at each step of a path.
const (
	standing = time.Hour   // where a visit's folders are: that ends with the visit, and the kernel is told
	looked   = time.Second // how a folder looks, and a file to who has it open; its own changes the kernel knows
)

// Options of a View.
type Options struct {
	Kind     string // of the mount, by which it is known again
	UID, GID uint32 // who may look into it, and owns what is above the users' folders
	Foreign  bool   // that is somebody else than this process
	Root     bool   // this process may mount by itself
	Names    int    // of one user's tree, that the kernel is left to remember; 0: 30,000
	Log      *slog.Logger
}

// View is one mount. It is safe for concurrent use.
type View struct {
	o      Options
	at     string
	server *fuse.Server
	root   *rootNode
	inos   inos

	mu     sync.Mutex
	visits map[string]*Visit
}

// Mount mounts an empty view at a folder.
func Mount(at string, o Options) (*View, error) {
	if o.Names == 0 {
		o.Names = mostNodes
	}
	v := &View{o: o, at: at, visits: make(map[string]*Visit)}
	v.root = &rootNode{v: v}
	none := time.Duration(0)
	server, err := fs.Mount(at, v.root, &fs.Options{
		EntryTimeout: &none, AttrTimeout: &none, NegativeTimeout: &none, NullPermissions: true,
		RootStableAttr: &fs.StableAttr{Mode: syscall.S_IFDIR, Ino: 1},
		MountOptions: fuse.MountOptions{
			FsName: o.Kind, Name: o.Kind, DirectMount: o.Root, AllowOther: o.Foreign, DisableSplice: true,
			IgnoreSecurityLabels: true, ExtraCapabilities: fuse.CAP_HANDLE_KILLPRIV_V2,
			MaxWrite: largest, MaxBackground: 64, MaxReadAhead: 128 << 10, MaxInflightRequestBytes: 64 * largest,
		},
	})
	if err != nil {
		return nil, err
	}
	v.server = server
	return v, nil
}

// Unmount ends the view. It fails while something in it is in use.
func (v *View) Unmount() error { return v.server.Unmount() }

// Wait returns when the view is mounted nowhere any more.
func (v *View) Wait() { v.server.Wait() }

// rootNode is the folder of the visits. Nobody can list it.
type rootNode struct {
	fs.Inode
	v *View
}

func (r *rootNode) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	r.v.folder(&out.Attr)
	out.SetTimeout(standing)
	return 0
}

func (r *rootNode) OpendirHandle(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, 0, syscall.EACCES
}

func (r *rootNode) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	r.v.mu.Lock()
	visit := r.v.visits[name]
	r.v.mu.Unlock()
	if visit == nil {
		return nil, syscall.ENOENT
	}
	r.v.folder(&out.Attr)
	out.SetEntryTimeout(standing)
	out.SetAttrTimeout(standing)
	return r.NewInode(ctx, &visitNode{visit: visit}, fs.StableAttr{Mode: syscall.S_IFDIR, Ino: visit.ino}), 0
}

// visitNode is the folder of the users of one visit. Nobody can list it.
type visitNode struct {
	fs.Inode
	visit *Visit
}

func (n *visitNode) Getattr(_ context.Context, _ fs.FileHandle, out *fuse.AttrOut) syscall.Errno {
	n.visit.v.folder(&out.Attr)
	out.SetTimeout(standing)
	return 0
}

func (n *visitNode) OpendirHandle(context.Context, uint32) (fs.FileHandle, uint32, syscall.Errno) {
	return nil, 0, syscall.EACCES
}

func (n *visitNode) Lookup(ctx context.Context, name string, out *fuse.EntryOut) (*fs.Inode, syscall.Errno) {
	u, err := n.visit.user(name)
	if err != nil {
		return nil, errno(err)
	}
	e, err := u.s.Stat("/")
	if err != nil {
		return nil, errno(err)
	}
	out.SetEntryTimeout(standing)
	out.SetAttrTimeout(looked)
	root := u.child(ctx, &n.Inode, nil, "", e, out)
	n.visit.mu.Lock()
	u.root = root
	n.visit.mu.Unlock()
	return root, 0
}

// folder is how the folders above the tree look.
func (v *View) folder(out *fuse.Attr) {
	out.Mode, out.Nlink = syscall.S_IFDIR|0o500, 2
	out.Uid, out.Gid = v.o.UID, v.o.GID
}

// Access tells the kernel to say yes and not to ask again: smbd is one user for the system whoever signed in,
// and what that one may is the core's to say, at each verb.
func (*rootNode) Access(context.Context, uint32) syscall.Errno  { return syscall.ENOSYS }
func (*visitNode) Access(context.Context, uint32) syscall.Errno { return syscall.ENOSYS }
func (*node) Access(context.Context, uint32) syscall.Errno      { return syscall.ENOSYS }
