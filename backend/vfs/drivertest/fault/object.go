package fault

import (
	"io"
	"os"

	"portico/backend/vfs/driver"
)

type object struct {
	d     *Driver
	inner driver.Object
	node  *node // nil: found by name
}

func (d *Driver) object(in driver.Object, n *node) *object {
	d.opened(in)
	return &object{d, in, n}
}

func (o *object) Info() driver.Info    { return o.inner.Info() }
func (o *object) Real() (string, bool) { return o.inner.Real() }
func (o *object) Close() error         { return o.d.close(o.inner) }

// Open returns the inner file itself, unless a rule for Read stands.
func (o *object) Open() (f driver.File, err error) {
	err = o.d.do(Open, o.inner.Info().Name, func() error {
		in, err := o.inner.Open()
		if err != nil {
			return err
		}
		o.d.opened(in)
		f = &file{o.d, in, o.inner.Info().Name}
		if osf, ok := in.(*os.File); ok && !o.d.rules.stands(Read) {
			f = &plainFile{osf, o.d}
		}
		return nil
	})
	return f, err
}

func (o *object) Folder() (f driver.Folder, err error) {
	err = o.d.do(OpenFolder, o.inner.Info().Name, func() error {
		in, err := o.inner.Folder()
		if err != nil {
			return err
		}
		n := o.node
		if real, outside := o.inner.Real(); n == nil && !outside {
			n = o.d.image.find(real)
		}
		f = o.d.folder(in, n)
		return nil
	})
	return f, err
}

// plainFile keeps the descriptor in sight.
type plainFile struct {
	*os.File
	d *Driver
}

func (f *plainFile) Close() error { return f.d.close(f.File) }

type file struct {
	d     *Driver
	inner driver.File
	name  string
}

func (f *file) Read(p []byte) (n int, err error) {
	err = f.d.do(Read, f.name, func() (err error) {
		n, err = f.inner.Read(p)
		return err
	})
	return n, err
}

func (f *file) ReadAt(p []byte, off int64) (n int, err error) {
	err = f.d.do(Read, f.name, func() (err error) {
		n, err = f.inner.ReadAt(p, off)
		return err
	})
	return n, err
}

func (f *file) Seek(off int64, whence int) (int64, error) { return f.inner.Seek(off, whence) }
func (f *file) Close() error                              { return f.d.close(f.inner) }

var (
	_ driver.Object = (*object)(nil)
	_ driver.File   = (*file)(nil)
	_ io.ReaderFrom = (*appender)(nil)
)
