package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// Examine looks at every row of the database in dir, which no instance may be using (ErrLocked), and
// changes nothing. nil: it is sound. fs.ErrNotExist: there is none.
func Examine(ctx context.Context, dir string) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	path := filepath.Join(dir, fileName)
	if _, err := os.Stat(path); err != nil {
		return err
	}
	lock, err := acquireLock(dir)
	if err != nil {
		return err
	}
	return errors.Join(examine(ctx, path), lock.release())
}
