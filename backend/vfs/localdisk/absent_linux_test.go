package localdisk_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
)

func mounted(t *testing.T, at string) {
	t.Helper()
	if !mountMemory(t, at, "size=4m") {
		t.Skip("no file system can be mounted here")
	}
}

func TestEjectedMedium(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		at := t.TempDir()
		if err := unix.Mount("portico-test", at, "tmpfs", 0, "size=4m"); err != nil {
			t.Skip("no file system can be mounted here: ", err)
		}
		gone := false
		t.Cleanup(func() {
			if !gone {
				unix.Unmount(at, unix.MNT_DETACH)
			}
		})
		k := open(t, localdisk.Options{Root: at, Portable: portable, IdleClose: time.Hour})
		if k.d.VolumeID() == "" {
			t.Fatal("a mounted medium got no id when it was opened")
		}
		k.opts.VolumeID = k.d.VolumeID()
		in := k.folder(".")
		k.put(in, "f", "x")
		k.must(in.Close())

		// What is open keeps the medium; CloseIdle lets it go.
		if err := unix.Unmount(at, 0); err == nil {
			t.Fatal("the medium could be taken away while the volume was in use")
		}
		k.d.CloseIdle()
		if err := unix.Unmount(at, 0); err != nil {
			t.Fatalf("the idle medium cannot be taken away: %v", err)
		}
		gone = true
		k.is(k.d.Check(t.Context()), driver.ErrAbsent)
		_, err := k.d.Lookup(t.Context(), ".", driver.WantDir)
		k.is(err, driver.ErrAbsent)

		// A restart without the medium: the mount point is not the volume.
		k.reopen()
		k.is(k.d.Check(t.Context()), driver.ErrAbsent)

		// Another medium in its place is not the volume either.
		mounted(t, at)
		k.is(k.d.Check(t.Context()), driver.ErrAbsent)
		l, err := os.ReadDir(at)
		k.must(err)
		if len(l) > 0 {
			t.Errorf("something was made on a foreign medium: %v", l)
		}
	})
}

func TestIdleFolderIsLetGo(t *testing.T) {
	at := t.TempDir()
	mounted(t, at)
	k := open(t, localdisk.Options{Root: at, IdleClose: time.Millisecond})
	k.must(k.d.Check(t.Context()))
	deadline := time.Now().Add(10 * time.Second)
	for descriptorsBelow(t, at) > 0 {
		if time.Now().After(deadline) {
			t.Fatal("the folder was never let go")
		}
		time.Sleep(time.Millisecond)
	}
	k.must(k.d.Check(t.Context()))
}

func TestStageKeepsTheMedium(t *testing.T) {
	at := t.TempDir()
	mounted(t, at)
	k := open(t, localdisk.Options{Root: at, IdleClose: time.Millisecond})
	in := k.folder(".")
	s := k.stage(in, "pending")
	k.d.CloseIdle()
	if descriptorsBelow(t, at) == 0 {
		t.Error("the place of an open stage was let go")
	}
	_, err := s.Publish(t.Context(), in, "f", driver.PublishOptions{})
	k.must(err)
	k.must(in.Close())
	k.d.CloseIdle()
	if n := descriptorsBelow(t, at); n > 0 {
		t.Errorf("%d descriptors are open with nothing to do", n)
	}
}

// TestCheckHoldsNothing: asking whether a medium is there must not keep it.
func TestCheckHoldsNothing(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		k := open(t, localdisk.Options{Root: t.TempDir(), IdleClose: time.Hour, Portable: portable})
		k.put(k.folder("."), "f", "x")
		k.d.CloseIdle()
		before, err := os.ReadDir("/proc/self/fd")
		k.must(err)
		k.must(k.d.Check(t.Context()))
		after, err := os.ReadDir("/proc/self/fd")
		k.must(err)
		if len(after) > len(before) {
			t.Errorf("%d descriptors before, %d after", len(before), len(after))
		}
	})
}

// descriptorsBelow counts what this process has open in a folder.
func descriptorsBelow(t *testing.T, folder string) (n int) {
	t.Helper()
	l, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range l {
		to, err := os.Readlink("/proc/self/fd/" + e.Name())
		if err != nil {
			continue
		}
		if rel, err := filepath.Rel(folder, to); err == nil && filepath.IsLocal(rel) {
			n++
		}
	}
	return n
}

func TestFolderThatWasMadeAnew(t *testing.T) {
	root := mkdir(t, filepath.Join(t.TempDir(), "v"))
	k := open(t, localdisk.Options{Root: root})
	in := k.folder(".")
	k.put(in, "f", "x") // from here on there is an id
	k.must(in.Close())
	k.d.CloseIdle()
	k.must(os.RemoveAll(root))
	k.is(k.d.Check(t.Context()), driver.ErrAbsent)
	mkdir(t, root) // often with the same inode
	k.is(k.d.Check(t.Context()), driver.ErrAbsent)
	if exists(filepath.Join(root, ".portico")) {
		t.Error("a hidden place was made in a foreign folder")
	}
}

func TestOpenWithoutFolder(t *testing.T) {
	root := filepath.Join(t.TempDir(), "none")
	_, err := localdisk.Open(t.Context(), localdisk.Options{Root: root, Instance: "test"})
	if err == nil {
		t.Fatal("a folder that does not exist was opened")
	}
	if !isNotExist(err) {
		t.Errorf("error %v, want %v", err, fs.ErrNotExist)
	}
	k := open(t, localdisk.Options{Root: root, VolumeID: "known"})
	k.is(k.d.Check(t.Context()), driver.ErrAbsent)
	mkdir(t, filepath.Join(root, ".portico", "test"))
	k.is(k.d.Check(t.Context()), driver.ErrAbsent)
	write(t, filepath.Join(root, ".portico", "test", "volume"), "known\n")
	k.must(k.d.Check(t.Context()))

	file := filepath.Join(t.TempDir(), "file")
	write(t, file, "x")
	if _, err = localdisk.Open(t.Context(), localdisk.Options{Root: file, Instance: "test"}); err == nil {
		t.Error("a file was opened as a volume")
	}
	for _, bad := range []string{"", "..", "a/b", "a.b"} {
		if _, err = localdisk.Open(t.Context(), localdisk.Options{Root: t.TempDir(), Instance: bad}); err == nil {
			t.Errorf("instance %q was accepted", bad)
		}
	}
}

func TestNothingIsMadeUntilSomethingIsStaged(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		k := open(t, localdisk.Options{Root: t.TempDir(), Portable: portable})
		in := k.folder(".")
		k.lists(in)
		k.must(in.Mkdir(t.Context(), "d"))
		k.must(in.Rename(t.Context(), "d", in, "e", true))
		if len(k.stages()) > 0 || exists(k.host(".portico")) {
			t.Error("a hidden place was made without need")
		}
	})
}

func TestReadOnlyVolume(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		root := t.TempDir()
		write(t, filepath.Join(root, "f"), "x")
		k := open(t, localdisk.Options{Root: root, ReadOnly: true, Portable: portable})
		ctx, in := t.Context(), k.folder(".")
		k.is(in.Mkdir(ctx, "d"), driver.ErrReadOnly)
		k.is(in.Remove(ctx, "f"), driver.ErrReadOnly)
		k.is(in.Rename(ctx, "f", in, "g", true), driver.ErrReadOnly)
		k.is(in.SetTimes(ctx, "f", time.Now()), driver.ErrReadOnly)
		_, err := in.Stage(ctx, driver.StageOptions{ID: "a", Size: -1})
		k.is(err, driver.ErrReadOnly)
		_, err = in.Attic(ctx, "trash")
		k.is(err, driver.ErrReadOnly)
		_, err = in.OpenAppend(ctx, "f")
		k.is(err, driver.ErrReadOnly)
		k.lists(in, "f")
		if got := k.get("f"); got != "x" {
			t.Errorf("content %q", got)
		}
		if exists(filepath.Join(root, ".portico")) {
			t.Error("a hidden place was made")
		}
	})
}

func TestReadOnlyMedium(t *testing.T) {
	at := t.TempDir()
	mounted(t, at)
	write(t, filepath.Join(at, "f"), "x")
	if err := unix.Mount("", at, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Skip("cannot be made read-only: ", err)
	}
	k := open(t, localdisk.Options{Root: at})
	in := k.folder(".")
	_, err := in.Stage(t.Context(), driver.StageOptions{ID: "a", Size: -1})
	k.is(err, driver.ErrReadOnly)
	k.is(in.Mkdir(t.Context(), "d"), driver.ErrReadOnly)
	k.must(k.d.Check(t.Context()))
	if got := k.get("f"); got != "x" || k.d.VolumeID() != "" {
		t.Errorf("content %q, id %q", got, k.d.VolumeID())
	}
}
