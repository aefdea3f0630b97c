package objectsim

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/vfs/driver"
)

type object struct {
	d      *Driver
	key    string
	blob   *blob // nil: a folder
	folder bool
	own    bool // hidden: looked up in an attic
	used   atomic.Bool
}

var _ driver.Object = (*object)(nil)

func (o *object) Info() driver.Info {
	if o.folder {
		return folderInfo(base(o.key))
	}
	return o.blob.info(base(o.key))
}

func (b *blob) info(name string) driver.Info {
	return driver.Info{Name: name, Kind: driver.KindFile, Size: int64(len(b.data)), ModTime: b.time, Version: b.tag}
}

// folderInfo: a prefix has no times.
func folderInfo(name string) driver.Info {
	return driver.Info{Name: name, Kind: driver.KindFolder, ModTime: time.Unix(0, 0), Version: "folder"}
}

func (o *object) Real() (string, bool) { return o.key, false }
func (o *object) Close() error         { return nil }

func (o *object) Open() (driver.File, error) {
	if o.used.Swap(true) {
		return nil, fs.ErrClosed
	}
	if o.folder {
		return nil, driver.ErrKind
	}
	return &file{d: o.d, key: o.key, blob: o.blob, r: bytes.NewReader(o.blob.data)}, nil
}

func (o *object) Folder() (driver.Folder, error) {
	if o.used.Swap(true) {
		return nil, fs.ErrClosed
	}
	if !o.folder {
		return nil, driver.ErrKind
	}
	return &folder{d: o.d, name: o.key, own: o.own}, nil
}

// file streams the object that was looked up.
type file struct {
	d      *Driver
	key    string
	blob   *blob
	mu     sync.Mutex
	r      *bytes.Reader
	closed bool
}

var _ driver.File = (*file)(nil)

// again asks whether a new request would still find the object.
func (f *file) again() error {
	if now := f.d.b.get(f.key); now == nil || now.tag != f.blob.tag {
		return fmt.Errorf("read %q: %w: it was replaced meanwhile", f.key, fs.ErrNotExist)
	}
	return nil
}

func (f *file) Read(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return 0, fs.ErrClosed
	}
	return f.r.Read(p)
}

func (f *file) ReadAt(p []byte, off int64) (int, error) {
	if err := f.again(); err != nil {
		return 0, err
	}
	return bytes.NewReader(f.blob.data).ReadAt(p, off)
}

func (f *file) Seek(off int64, whence int) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	here := f.r.Size() - int64(f.r.Len())
	to, err := f.r.Seek(off, whence)
	if err != nil || to == here || to == f.r.Size() {
		return to, err // nothing has to be asked
	}
	if err = f.again(); err != nil {
		_, back := f.r.Seek(here, io.SeekStart)
		return here, errors.Join(err, back)
	}
	return to, nil
}

func (f *file) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return fs.ErrClosed
	}
	f.closed = true
	return nil
}
