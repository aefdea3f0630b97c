package localdisk

import (
	"context"
	"fmt"
	"io"
	"os"

	"portico/backend/vfs/driver"
)

// appender adds to the end of a visible file.
type appender struct {
	f    *os.File
	base string
	old  int64
}

var _ driver.Appender = (*appender)(nil)

// OpenAppend opens base for appending in place. driver.ErrKind for what must not be changed in place:
// links, and files with several names (a kept version, a git-annex object may be among them).
func (f *folder) OpenAppend(ctx context.Context, base string) (driver.Appender, error) {
	var a *appender
	err := f.oldName(base, func() (err error) {
		a, err = f.openAppend(base)
		return err
	})
	if err != nil {
		return nil, fault("append to", base, err)
	}
	return a, nil
}

func (f *folder) openAppend(base string) (*appender, error) {
	file, err := f.dir.open(base, os.O_RDWR|appendOnly)
	if err != nil {
		return nil, err
	}
	fi, err := file.Stat()
	if err == nil && metaOf(fi).links > 1 {
		err = fmt.Errorf("%w: the file has several names", driver.ErrKind)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	if appendOnly == 0 {
		if _, err = file.Seek(0, io.SeekEnd); err != nil {
			file.Close()
			return nil, err
		}
	}
	return &appender{file, base, fi.Size()}, nil
}

func (a *appender) Write(p []byte) (int, error) {
	n, err := a.f.Write(p)
	return n, fault("append to", a.base, err)
}

// ReadFrom lets the system copy.
func (a *appender) ReadFrom(r io.Reader) (int64, error) {
	n, err := a.f.ReadFrom(r)
	return n, fault("append to", a.base, err)
}

func (a *appender) OldSize() int64 { return a.old }

func (a *appender) Sync(ctx context.Context) error { return fault("sync", a.base, a.f.Sync()) }

func (a *appender) Rollback() error {
	err := a.f.Truncate(a.old)
	if err == nil && appendOnly == 0 {
		_, err = a.f.Seek(a.old, io.SeekStart)
	}
	return fault("cut back", a.base, err)
}

func (a *appender) Close() error { return fault("close", a.base, a.f.Close()) }

func (a *appender) Info() (driver.Info, error) {
	fi, err := a.f.Stat()
	if err != nil {
		return driver.Info{}, fault("look at", a.base, err)
	}
	return infoOf(a.base, metaOf(fi), false), nil
}
