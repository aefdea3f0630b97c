package localdisk_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
)

// nested is a volume with another file system mounted below it.
func nested(t *testing.T, portable bool) *kit {
	t.Helper()
	root := t.TempDir()
	at := mkdir(t, filepath.Join(root, "a", "usb"))
	mounted(t, at)
	mkdir(t, filepath.Join(at, "deep", "er"))
	return open(t, localdisk.Options{Root: root, Portable: portable})
}

func TestNestedMount(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		k := nested(t, portable)
		ctx, deep, top := t.Context(), k.folder("a/usb/deep/er"), k.folder("a")
		s := k.stage(deep, "staged on the stick")
		if !exists(k.host("a/usb/.portico/test/stage/" + s.ID())) {
			t.Error("the stage does not lie at the top of its own disk")
		}
		k.must(s.Close())
		k.lists(k.folder("a/usb"), "deep")
		if got := k.stages(); len(got) != 1 {
			t.Fatalf("stages %v", got)
		}
		k.reopen()
		deep, top = k.folder("a/usb/deep/er"), k.folder("a")
		if got := k.stages(); len(got) != 1 {
			t.Fatalf("stages after a restart %v", got)
		}
		s, err := k.d.OpenStage(ctx, s.ID())
		k.must(err)
		_, err = s.Publish(ctx, top, "f", driver.PublishOptions{})
		k.is(err, driver.ErrOtherStorage)
		_, err = s.Publish(ctx, deep, "f", driver.PublishOptions{NoReplace: true})
		k.must(err)
		if got := k.get("a/usb/deep/er/f"); got != "staged on the stick" {
			t.Errorf("content %q", got)
		}
		k.is(deep.Rename(ctx, "f", top, "f", true), driver.ErrOtherStorage)
		k.is(top.Remove(ctx, "usb"), driver.ErrBusy)

		trash, err := deep.Attic(ctx, "trash")
		k.must(err)
		defer trash.Close()
		k.must(deep.Rename(ctx, "f", trash, "1", true))
		if !exists(k.host("a/usb/.portico/test/trash/1")) {
			t.Error("the trash does not lie on the same disk")
		}
		free, total, err := deep.(driver.Measurer).Usage(ctx)
		k.must(err)
		if total > 5<<20 || free > total {
			t.Errorf("the stick has %d of %d", free, total)
		}
	})
}

func TestNestedMountThatIsAway(t *testing.T) {
	root := t.TempDir()
	at := mkdir(t, filepath.Join(root, "usb"))
	if err := unix.Mount("portico-test", at, "tmpfs", 0, "size=4m"); err != nil {
		t.Skip("no file system can be mounted here: ", err)
	}
	t.Cleanup(func() { unix.Unmount(at, unix.MNT_DETACH) })
	k := open(t, localdisk.Options{Root: root})
	in := k.folder("usb")
	s := k.stage(in, "x")
	k.must(s.Close())
	k.must(in.Close())
	k.must(k.d.Close())
	k.must(unix.Unmount(at, 0))
	k.d = nil
	k.reopen()
	_, err := k.d.OpenStage(t.Context(), s.ID())
	k.is(err, driver.ErrAbsent)
	if got := k.stages(); len(got) > 0 {
		t.Errorf("stages %v", got)
	}
}

func TestHiddenPlaceUnderAnotherMount(t *testing.T) {
	k := open(t, localdisk.Options{Root: t.TempDir()})
	in := k.folder(".")
	s := k.stage(in, "pending")
	defer s.Discard()
	at := mkdir(t, k.host("window"))
	if err := unix.Mount(k.host(".portico"), at, "", unix.MS_BIND, ""); err != nil {
		t.Skip("folders cannot be bound here: ", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(at, 0); err != nil {
			t.Error(err)
		}
	})
	if !exists(filepath.Join(at, "test", "stage", s.ID())) {
		t.Fatal("this test tests nothing")
	}
	k.lists(in)
	for _, n := range []string{"window", "window/test", "window/test/stage", "window/test/stage/" + s.ID()} {
		_, err := k.d.Lookup(t.Context(), n, driver.WantInfo)
		if !isNotExist(err) {
			t.Errorf("%q: %v", n, err)
		}
	}
}

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }
