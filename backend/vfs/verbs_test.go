package vfs_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

func TestEveryVerbOnce(t *testing.T) {
	for _, v := range []vfs.Volume{
		{Name: "fast", Path: "/files", Durability: store.Fast},
		{Name: "safe", Path: "/files", Durability: store.Durable, Versions: true, Trash: true},
		{Name: "root", Path: "/"},
	} {
		t.Run(v.Name, func(t *testing.T) {
			h := vfstest.New(t, vfstest.Volume(v))
			s := h.Owner()
			root := "/files"
			if v.Path == "/" {
				if _, err := s.Mkdir("/files", false); err != nil {
					t.Fatal(err)
				}
			}
			r := h.Put(s, root+"/a/b/cat.jpg", "meow")
			if !r.Created || r.Path != root+"/a/b/cat.jpg" || r.Size != 4 || r.SHA256 != "404cdd7bc109c432f8cc2443b45bcfe95980f5107215c645236e577929ac3e52" {
				t.Fatalf("%+v", r)
			}
			if got := h.Get(s, root+"/a/b/cat.jpg"); got != "meow" {
				t.Fatal(got)
			}
			var out bytes.Buffer
			f, err := s.Open(root + "/a/b/cat.jpg")
			if err != nil {
				t.Fatal(err)
			}
			if n, err := f.SendTo(&out, 1, 2); n != 2 || err != nil || out.String() != "eo" {
				t.Fatal(n, err, out.String())
			}
			f.Close()
			if _, err := s.Copy(root+"/a", root+"/c", vfs.Refuse); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Copy(root+"/a/b/cat.jpg", root+"/a/b/dog.jpg", vfs.Refuse); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Rename(root+"/c", root+"/d", vfs.Refuse); err != nil {
				t.Fatal(err)
			}
			if got := h.Get(s, root+"/d/b/cat.jpg"); got != "meow" {
				t.Fatal(got)
			}
			if r := h.Put(s, root+"/a/b/cat.jpg", "purr"); r.Created {
				t.Fatalf("%+v", r)
			}
			rm, err := s.Remove(root + "/a")
			if err != nil || rm.Files != 2 || rm.Folders != 2 || rm.Bytes != 8 || (rm.Trash != "") != v.Trash {
				t.Fatalf("%+v %v", rm, err)
			}
			if _, err := s.Stat(root + "/a"); !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			if v.Trash {
				if _, err := s.Restore(rm.Trash, vfs.Refuse); err != nil {
					t.Fatal(err)
				}
				if got := h.Get(s, root+"/a/b/cat.jpg"); got != "purr" {
					t.Fatal(got)
				}
			}
			list, err := s.List(root)
			if err != nil || len(list) == 0 {
				t.Fatal(list, err)
			}
			n := 0
			for e, err := range s.Walk("/") {
				if err != nil {
					t.Fatal(e, err)
				}
				n++
			}
			if n < 4 {
				t.Fatal(n)
			}
			var kinds []event.Kind
			for _, e := range h.Events() {
				kinds = append(kinds, e.Kind)
			}
			t.Log(kinds)
			if d := h.Disk[v.Path]; d != "" {
				left, _ := filepath.Glob(filepath.Join(d, ".portico", "test", "stage", "*"))
				for _, l := range left {
					if st, _ := os.Stat(l); st != nil && !st.IsDir() {
						t.Error("left", l)
					}
				}
			}
		})
	}
}
