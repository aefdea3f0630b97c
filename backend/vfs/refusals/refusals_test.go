package refusals_test

import (
	"context"
	"errors"
	"testing"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/drivertest"
	"portico/backend/vfs/localdisk"
	"portico/backend/vfs/objectsim"
	"portico/backend/vfs/refusals"
)

type volume struct{ root string }

func (v *volume) Folder() string { return v.root }

func (v *volume) Open(t *testing.T) driver.Driver {
	t.Helper()
	d, err := localdisk.Open(context.Background(), localdisk.Options{Root: v.root, Instance: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return refusals.New(d)
}

type bucket struct{ b *objectsim.Bucket }

func (v *bucket) Folder() string                  { return "" }
func (v *bucket) Open(t *testing.T) driver.Driver { return refusals.New(objectsim.Open(v.b, "test")) }

func TestSuite(t *testing.T) {
	drivertest.Run(t, func(t *testing.T) drivertest.Harness { return &volume{t.TempDir()} })
}

func TestSuiteInMemory(t *testing.T) {
	drivertest.Run(t, func(t *testing.T) drivertest.Harness { return &bucket{objectsim.NewBucket(0)} })
}

func TestOpenFilesAreInTheWay(t *testing.T) {
	ctx := t.Context()
	d := (&volume{t.TempDir()}).Open(t)
	defer d.Close()
	root := folder(t, d, ".")
	defer root.Close()
	if err := root.Mkdir(ctx, "Dir"); err != nil {
		t.Fatal(err)
	}
	dir := folder(t, d, "dir")
	defer dir.Close()
	put(t, dir, "File", "x")

	o, err := d.Lookup(ctx, "DIR/FILE", driver.WantRead)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	f, err := o.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := stage(t, dir, "y")
	busy := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, driver.ErrBusy) {
			t.Errorf("%s: %v, want %v", what, err, driver.ErrBusy)
		}
	}
	_, err = s.Publish(ctx, dir, "file", driver.PublishOptions{})
	busy("publish", err)
	busy("remove", dir.Remove(ctx, "FILE"))
	busy("rename", dir.Rename(ctx, "file", root, "other", true))
	busy("rename the folder", root.Rename(ctx, "DIR", root, "moved", true))
	if err = f.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err = s.Publish(ctx, dir, "file", driver.PublishOptions{}); err != nil {
		t.Fatal(err)
	}
	if err = root.Rename(ctx, "DIR", root, "moved", true); err != nil {
		t.Fatal(err)
	}
}

func folder(t *testing.T, d driver.Driver, name string) driver.Folder {
	t.Helper()
	o, err := d.Lookup(t.Context(), name, driver.WantDir)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	f, err := o.Folder()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func stage(t *testing.T, in driver.Folder, content string) driver.Stage {
	t.Helper()
	s, err := in.Stage(t.Context(), driver.StageOptions{ID: "s-" + content, Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = s.WriteAt([]byte(content), 0); err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, in driver.Folder, base, content string) {
	t.Helper()
	if _, err := stage(t, in, content).Publish(t.Context(), in, base, driver.PublishOptions{}); err != nil {
		t.Fatal(err)
	}
}
