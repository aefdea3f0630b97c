package localdisk_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
)

// TestHide: a folder of Options.Hide is not there for anybody, whatever way is tried.
func TestHide(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		root := t.TempDir()
		secret := mkdir(t, filepath.Join(root, "home", "state"))
		write(t, filepath.Join(secret, "key"), "secret")
		mkdir(t, filepath.Join(secret, "sub"))
		mkdir(t, filepath.Join(root, "home", "shown"))
		for name, to := range map[string]string{"to": "home/state", "key": "home/state/key", "abs": secret} {
			if err := os.Symlink(to, filepath.Join(root, name)); err != nil {
				t.Skip("no links here: ", err)
			}
		}
		k := open(t, localdisk.Options{Root: root, Hide: []string{secret}, Portable: portable})
		ctx, home, top := t.Context(), k.folder("home"), k.folder(".")
		for _, name := range []string{"home/state", "home/state/key", "home/state/sub", "to/key", "to/sub", "abs/key"} {
			for _, want := range []driver.Want{driver.WantInfo, driver.WantRead, driver.WantDir, driver.WantNoFollow} {
				_, err := k.d.Lookup(ctx, name, want)
				k.is(err, fs.ErrNotExist)
			}
		}
		for _, name := range []string{"to", "abs", "key"} {
			_, err := k.d.Lookup(ctx, name, driver.WantDir)
			k.is(err, fs.ErrNotExist)
			_, err = top.Lookup(ctx, name, driver.WantRead)
			k.is(err, fs.ErrNotExist)
			o, err := k.d.Lookup(ctx, name, driver.WantInfo)
			k.must(err)
			if i := o.Info(); i.Kind != driver.KindLink {
				t.Errorf("the link %s shows %v", name, i.Kind)
			}
			k.must(o.Close())
		}
		for i, err := range top.Entries(ctx) {
			k.must(err)
			if i.Name != "home" && i.Kind != driver.KindLink {
				t.Errorf("%s is listed as %v", i.Name, i.Kind)
			}
		}
		k.lists(home, "shown")
		for i, err := range home.Names(ctx) {
			k.must(err)
			if i.Name != "shown" {
				t.Errorf("named %q", i.Name)
			}
		}
		_, err := home.Lookup(ctx, "state", driver.WantDir)
		k.is(err, fs.ErrNotExist)
		k.is(home.Remove(ctx, "state"), fs.ErrNotExist)
		k.is(home.SetTimes(ctx, "state", time.Now()), fs.ErrNotExist)
		k.is(home.Rename(ctx, "state", top, "mine", true), fs.ErrNotExist)
		k.is(top.Rename(ctx, "home", top, "moved", true), driver.ErrBusy)
		k.is(top.Remove(ctx, "home"), driver.ErrNotEmpty)
		k.must(home.Rename(ctx, "shown", home, "renamed", true))

		k.must(os.Rename(secret, filepath.Join(root, "home", "other"))) // by hand, on the computer
		k.lists(home, "renamed")
		_, err = k.d.Lookup(ctx, "home/other/key", driver.WantRead)
		k.is(err, fs.ErrNotExist)
	})
}

func TestHideMustExist(t *testing.T) {
	root := t.TempDir()
	_, err := localdisk.Open(t.Context(), localdisk.Options{Root: root, Instance: "test", Hide: []string{filepath.Join(root, "none")}})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want %v", err, fs.ErrNotExist)
	}
}

// TestApart: what the data folder holds is not reached by hard links or mounts either, wherever it lies.
func TestApart(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		base := t.TempDir()
		root, data := mkdir(t, filepath.Join(base, "served")), mkdir(t, filepath.Join(base, "data"))
		key := filepath.Join(data, "accounts.key")
		write(t, key, "secret")
		write(t, filepath.Join(root, "plain"), "plain")
		if err := os.Link(key, filepath.Join(root, "harmless")); err != nil {
			t.Skip("no hard links here: ", err)
		}
		if err := os.Link(filepath.Join(root, "plain"), filepath.Join(root, "twin")); err != nil {
			t.Fatal(err)
		}
		k := open(t, localdisk.Options{Root: root, Apart: []string{data}, Portable: portable})
		top := k.folder(".")
		for _, want := range []driver.Want{driver.WantInfo, driver.WantRead, driver.WantNoFollow} {
			_, err := k.d.Lookup(t.Context(), "harmless", want)
			k.is(err, fs.ErrNotExist)
			_, err = top.Lookup(t.Context(), "harmless", want)
			k.is(err, fs.ErrNotExist)
			o, err := k.d.Lookup(t.Context(), "twin", want)
			k.must(err)
			k.must(o.Close())
		}
		k.lists(top, "plain", "twin")
		if mounted := mkdir(t, filepath.Join(root, "mounted")); bindMount(t, data, mounted) {
			for _, name := range []string{"mounted", "mounted/accounts.key"} {
				_, err := k.d.Lookup(t.Context(), name, driver.WantInfo)
				k.is(err, fs.ErrNotExist)
			}
			k.lists(top, "plain", "twin")
		}
		file := filepath.Join(root, "file")
		write(t, file, "")
		if bindMount(t, key, file) {
			_, err := k.d.Lookup(t.Context(), "file", driver.WantRead)
			k.is(err, fs.ErrNotExist)
		}
	})
}
