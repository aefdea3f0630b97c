package webdav

import (
	"context"
	"io/fs"
	"time"

	lib "golang.org/x/net/webdav"

	"portico/backend/vfs"
)

// What follows makes a resource whole for the library; a PROPPATCH uses none of it.

// OpenFile gives the resource itself.
func (f *resource) OpenFile(context.Context, string, int, fs.FileMode) (lib.File, error) {
	return opened{f}, nil
}

// Mkdir is refused.
func (f *resource) Mkdir(context.Context, string, fs.FileMode) error { return fs.ErrPermission }

// RemoveAll is refused.
func (f *resource) RemoveAll(context.Context, string) error { return fs.ErrPermission }

// Rename is refused.
func (f *resource) Rename(context.Context, string, string) error { return fs.ErrPermission }

// Close does nothing.
func (f *resource) Close() error { return nil }

// Read is refused.
func (f *resource) Read([]byte) (int, error) { return 0, fs.ErrPermission }

// Write is refused.
func (f *resource) Write([]byte) (int, error) { return 0, fs.ErrPermission }

// Seek is refused.
func (f *resource) Seek(int64, int) (int64, error) { return 0, fs.ErrPermission }

// Readdir is refused.
func (f *resource) Readdir(int) ([]fs.FileInfo, error) { return nil, fs.ErrPermission }

// opened is a resource as a file, whose Stat has another form.
type opened struct{ *resource }

func (o opened) Stat() (fs.FileInfo, error) { return named{o.e}, nil }

// named is an entry as the library wants it.
type named struct{ e vfs.Entry }

func (n named) Name() string       { return n.e.Name }
func (n named) Size() int64        { return n.e.Size }
func (n named) ModTime() time.Time { return n.e.ModTime }
func (n named) IsDir() bool        { return n.e.IsFolder() }
func (n named) Sys() any           { return nil }
func (n named) Mode() fs.FileMode {
	if n.e.IsFolder() {
		return fs.ModeDir | 0o755
	}
	return 0o644
}

// unlocked is a library's lock system that is never in the way: the core judges locks, for every door.
type unlocked struct{}

func (unlocked) Confirm(time.Time, string, string, ...lib.Condition) (func(), error) {
	return func() {}, nil
}
func (unlocked) Create(time.Time, lib.LockDetails) (string, error) { return "", nil }
func (unlocked) Unlock(time.Time, string) error                    { return nil }
func (unlocked) Refresh(time.Time, string, time.Duration) (lib.LockDetails, error) {
	return lib.LockDetails{}, lib.ErrNoSuchLock
}
