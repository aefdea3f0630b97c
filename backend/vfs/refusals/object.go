package refusals

import (
	"os"
	"sync"

	"portico/backend/vfs/driver"
)

type object struct {
	driver.Object
	d *Driver
}

// Open counts the file as open until it is closed.
func (o *object) Open() (driver.File, error) {
	o.d.names.RLock()
	defer o.d.names.RUnlock()
	f, err := o.Object.Open()
	if err != nil {
		return nil, err
	}
	name, outside := o.Real()
	if outside {
		return f, nil
	}
	o.d.open.add(name)
	done := sync.OnceFunc(func() { o.d.open.done(name) })
	if osf, ok := f.(*os.File); ok {
		return &plainFile{osf, done}, nil
	}
	return &file{f, done}, nil
}

func (o *object) Folder() (driver.Folder, error) {
	f, err := o.Object.Folder()
	if err != nil {
		return nil, err
	}
	name, _ := o.Real()
	return &folder{Folder: f, d: o.d, name: name}, nil
}

// plainFile keeps the descriptor in sight.
type plainFile struct {
	*os.File
	done func()
}

func (f *plainFile) Close() error {
	err := f.File.Close()
	f.done()
	return err
}

type file struct {
	driver.File
	done func()
}

func (f *file) Close() error {
	err := f.File.Close()
	f.done()
	return err
}
