package localdisk

import (
	"io/fs"
	"sync/atomic"

	"portico/backend/vfs/driver"
)

// object is a handle on one existing thing.
type object struct {
	d      *Disk
	t      target
	opened atomic.Bool
}

var _ driver.Object = (*object)(nil)

func (o *object) Info() driver.Info { return infoOf(o.t.base, o.t.h.meta(), o.t.linked) }

func (o *object) Real() (string, bool) { return o.t.real, o.t.outside }

// Mode returns the permissions of the object.
func (o *object) Mode() fs.FileMode { return o.t.h.meta().mode.Perm() }

// Open returns the content as *os.File.
func (o *object) Open() (driver.File, error) {
	if o.opened.Swap(true) {
		return nil, fs.ErrClosed
	}
	f, err := o.t.h.open()
	if err != nil {
		return nil, fault("open", o.t.base, err)
	}
	return f, nil
}

func (o *object) Folder() (driver.Folder, error) {
	if o.opened.Swap(true) {
		return nil, fs.ErrClosed
	}
	if o.t.outside {
		return nil, fault("open folder", o.t.base, driver.ErrOutside)
	}
	in, err := o.t.h.dir()
	if err != nil {
		return nil, fault("open folder", o.t.base, err)
	}
	return &folder{d: o.d, dir: in, real: o.t.real, m: o.t.h.meta(), own: o.t.own}, nil
}

func (o *object) Close() error { return o.t.h.close() }
