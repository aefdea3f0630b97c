package localdisk

import (
	"context"
	"io"
	"os"
	"testing"

	"portico/backend/vfs/driver"
)

func TestSmoke(t *testing.T) {
	for _, portable := range []bool{false, true} {
		ctx := context.Background()
		root := t.TempDir()
		d, err := Open(ctx, Options{Root: root, Instance: "one", Portable: portable})
		if err != nil {
			t.Fatal(err)
		}
		o, err := d.Lookup(ctx, ".", driver.WantDir)
		if err != nil {
			t.Fatal(err)
		}
		f, err := o.Folder()
		if err != nil {
			t.Fatal(err)
		}
		o.Close()
		if err := f.Mkdir(ctx, "sub"); err != nil {
			t.Fatal(err)
		}
		s, err := f.Stage(ctx, driver.StageOptions{ID: "a1", Size: 5 << 20})
		if err != nil {
			t.Fatal(err)
		}
		s.WriteAt([]byte("hello"), 0)
		if err := s.SaveJournal([]byte("j"), true); err != nil {
			t.Fatal(err)
		}
		for id, err := range d.Stages(ctx) {
			t.Error("open stage listed", id, err)
		}
		i, err := s.Publish(ctx, f, "hello.txt", driver.PublishOptions{NoReplace: true})
		t.Log(i, err)
		if err != nil {
			t.Fatal(err)
		}
		os.Symlink(root+"/sub/../hello.txt", root+"/abs")
		os.Symlink("hello.txt", root+"/rel")
		os.Symlink("/etc/passwd", root+"/out")
		os.Symlink(".portico", root+"/place")
		for i, err := range f.Entries(ctx) {
			t.Log(i, err)
		}
		for _, n := range []string{"abs", "rel", "out", "place", "place/one", ".portico", "hello.txt", "nix"} {
			o, err := d.Lookup(ctx, n, driver.WantInfo)
			if err != nil {
				t.Log(n, err)
				continue
			}
			real, out := o.Real()
			t.Log(n, o.Info(), real, out)
			if o.Info().Kind == driver.KindFile {
				r, err := o.Open()
				if err != nil {
					t.Fatal(err)
				}
				b, _ := io.ReadAll(r)
				t.Logf("%s", b)
				r.Close()
			}
			o.Close()
		}
		if err := f.Rename(ctx, "hello.txt", f, "sub", true); err == nil {
			t.Error("!")
		}
		if err := f.Rename(ctx, "hello.txt", f, "h2", true); err != nil {
			t.Error(err)
		}
		t.Log(f.Remove(ctx, "h2"), f.Remove(ctx, "sub"), d.SyncAll(ctx), f.Sync(ctx))
		f.Close()
		d.Close()
		out, _ := os.ReadDir(root + "/.portico/one")
		t.Log(out)
	}
}
