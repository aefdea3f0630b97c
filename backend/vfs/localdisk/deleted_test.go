package localdisk_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
)

// TestFolderDeletedWhileServed: a root that is deleted makes an absent volume, not missing names, also
// for who held a folder.
func TestFolderDeletedWhileServed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a folder in use cannot be deleted here")
	}
	both(t, func(t *testing.T, portable bool) {
		root := mkdir(t, filepath.Join(t.TempDir(), "v"))
		write(t, filepath.Join(root, "f"), "x")
		mkdir(t, filepath.Join(root, "d"))
		k := open(t, localdisk.Options{Root: root, Portable: portable})
		ctx, top, sub := t.Context(), k.folder("."), k.folder("d")
		_, err := k.d.Lookup(ctx, "none", driver.WantInfo)
		k.is(err, fs.ErrNotExist)
		k.is(top.Remove(ctx, "none"), fs.ErrNotExist)
		k.must(os.RemoveAll(root))

		away := func(what string, err error) {
			t.Helper()
			if !errors.Is(err, driver.ErrAbsent) || errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: error %v, want only %v", what, err, driver.ErrAbsent)
			}
		}
		all := func() {
			t.Helper()
			away("check", k.d.Check(ctx))
			_, err := k.d.Lookup(ctx, "f", driver.WantInfo)
			away("look up", err)
			_, err = k.d.Lookup(ctx, ".", driver.WantDir)
			away("look up the root", err)
			for _, in := range []driver.Folder{top, sub} {
				_, err = in.Lookup(ctx, "f", driver.WantRead)
				away("look up in a held folder", err)
				away("mkdir", in.Mkdir(ctx, "new"))
				away("remove", in.Remove(ctx, "f"))
				away("rename", in.Rename(ctx, "f", in, "g", true))
				away("set times", in.SetTimes(ctx, "f", time.Now()))
				_, err = in.Stage(ctx, driver.StageOptions{ID: "a", Size: -1})
				away("stage", err)
				for _, err := range in.Entries(ctx) {
					away("list", err)
				}
			}
		}
		all()
		k.d.CloseIdle()
		all()
		if exists(root) {
			t.Error("the folder was made again")
		}
	})
}
