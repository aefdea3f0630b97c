package localdisk

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"sync"
)

// unsynced lists what was published since the last SyncAll, on systems that cannot sync one disk as a
// whole. It is not kept where they can.
type unsynced struct {
	mu    sync.Mutex
	files map[string]struct{} // canonical names
}

func (u *unsynced) add(name string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.files == nil {
		u.files = map[string]struct{}{}
	}
	u.files[name] = struct{}{}
}

func (u *unsynced) take() map[string]struct{} {
	u.mu.Lock()
	defer u.mu.Unlock()
	all := u.files
	u.files = nil
	return all
}

// syncPublished syncs the files and the folders they lie in. What was renamed or removed meanwhile is
// not waited for.
func (a *anchor) syncPublished(ctx context.Context, files map[string]struct{}) error {
	folders := map[string]struct{}{}
	for name := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		in, _, err := a.openDir(path.Dir(name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		f, err := in.open(path.Base(name), os.O_RDWR)
		if err == nil {
			err = errors.Join(f.Sync(), f.Close())
		}
		if _, done := folders[path.Dir(name)]; !done {
			folders[path.Dir(name)] = struct{}{}
			err = errors.Join(err, syncDir(in))
		}
		in.close()
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) {
			return err
		}
	}
	return nil
}
