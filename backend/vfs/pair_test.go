package vfs_test

import (
	"errors"
	"testing"

	"portico/backend/access"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestIntoItself: a folder goes neither into itself nor over what holds it.
func TestIntoItself(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	h.Put(s, "/files/d/e/a", "x")
	before := visible(t, h, s)
	for _, c := range [][2]string{{"/files/d", "/files/d/e/d"}, {"/files/d", "/files/d/e"}, {"/files/d/e", "/files/d"}, {"/files/d/e/a", "/files/d"}} {
		if _, err := s.Rename(c[0], c[1], vfs.Replace); !errors.Is(err, vfs.ErrBoundary) {
			t.Errorf("rename %v: %v", c, err)
		}
		if _, err := s.Copy(c[0], c[1], vfs.Replace); !errors.Is(err, vfs.ErrBoundary) {
			t.Errorf("copy %v: %v", c, err)
		}
	}
	if now := visible(t, h, s); !same(before, now) {
		t.Errorf("%v became %v", before, now)
	}
}

// TestBoundaries: a subtree that holds a volume, somebody's grant, or an upload stays where it is.
func TestBoundaries(t *testing.T) {
	h := vfstest.New(t,
		vfstest.Volume(vfs.Volume{Name: "files", Path: "/files"}),
		vfstest.Volume(vfs.Volume{Name: "inner", Path: "/files/a/inner"}),
		vfstest.Grant("/files", vfstest.Account("ann"), "rwmd."),
		vfstest.Grant("/files/b/for-bob", vfstest.Account("bob"), "rwmd"),
		vfstest.Grant("/files/e/sub", vfstest.Account("ann"), "rwmd."))
	o := h.Owner()
	for _, name := range []string{"/files/a/x", "/files/b/for-bob/x", "/files/c/x", "/files/e/sub/x"} {
		h.Put(o, name, "x")
	}
	h.Put(o, "/files/a/inner/y", "y")
	w, err := h.Session(vfstest.User("bob")).Create("/files/b/for-bob/up", vfs.CreateOptions{Size: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abort()
	ann := h.Session(vfstest.User("ann"))
	for _, s := range []*vfs.Session{ann, o} {
		for name, want := range map[string]error{"/files/a": vfs.ErrBoundary, "/files/b": vfs.ErrBoundary, "/files": vfs.ErrBoundary} {
			if _, err := s.Rename(name, "/files/elsewhere", vfs.Refuse); !errors.Is(err, want) {
				t.Errorf("rename %s: %v", name, err)
			}
		}
		for name, want := range map[string]error{"/files/a": vfs.ErrBoundary, "/files/a/inner": vfs.ErrBoundary} {
			if _, err := s.Remove(name); !errors.Is(err, want) {
				t.Errorf("remove %s: %v", name, err)
			}
		}
	}
	if _, err := ann.Remove("/files/b"); !errors.Is(err, vfs.ErrBoundary) {
		t.Error(err)
	}
	if _, err := o.Remove("/files/b"); !errors.Is(err, vfs.ErrBusy) {
		t.Error(err)
	}
	if _, err := ann.Remove("/files/e"); err != nil { // hers all the way down
		t.Error(err)
	}
	if _, err := ann.Copy("/files/b", "/files/copied", vfs.Refuse); err != nil {
		t.Error(err)
	}
	wantNames(t, o, "/files/copied") // for-bob is not hers to see
	if _, err := o.Copy("/files/a", "/files/copied2", vfs.Refuse); err != nil {
		t.Error(err)
	}
	wantNames(t, o, "/files/copied2", "x") // another volume is not copied along
	wantNames(t, o, "/files/a", "inner", "x")
}

// TestShareRoots: who holds a link sees its folder as the whole tree, or one file and no sibling.
func TestShareRoots(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Account("ann"), "rw"))
	o := h.Owner()
	h.Put(o, "/files/shared/in/a", "a")
	h.Put(o, "/files/shared/b", "b")
	h.Put(o, "/files/secret", "s")
	ann := vfstest.User("ann")
	folder := access.Identity{Kind: access.Link, ID: "1", Behind: &ann, Mask: access.Read | access.Write | access.Delete, Root: "/files/shared"}
	one := access.Identity{Kind: access.Link, ID: "2", Behind: &ann, Mask: access.Read, Root: "/files/shared", Only: "b"}
	s := h.Session(folder)
	wantNames(t, s, "/", "b", "in")
	if got := h.Get(s, "/in/a"); got != "a" {
		t.Error(got)
	}
	if r := h.Put(s, "/in/new", "n"); r.Path != "/in/new" || r.Name != "new" {
		t.Errorf("%+v", r)
	}
	if got := h.Get(o, "/files/shared/in/new"); got != "n" {
		t.Error(got)
	}
	if _, err := s.Remove("/b"); err == nil { // the mask allows it, ann herself may not
		t.Error("removed")
	}
	if _, err := s.Remove("/"); err == nil {
		t.Error("removed the share itself")
	}
	for _, name := range []string{"/../secret", "/files/secret", "/secret", "/in/../../secret"} {
		if _, err := s.Stat(name); err == nil {
			t.Error(name)
		}
	}
	s = h.Session(one)
	wantNames(t, s, "/", "b")
	if e, err := s.Stat("/"); err != nil || !e.IsFolder() {
		t.Error(e, err)
	}
	if got := h.Get(s, "/b"); got != "b" {
		t.Error(got)
	}
	n := 0
	for e, err := range s.Walk("/") {
		if err != nil {
			t.Error(e, err)
		}
		n++
	}
	if n != 2 {
		t.Error(n)
	}
	for _, name := range []string{"/in", "/in/a", "/b/x", "/bb", "/b/../in/a", "/../secret", "/b/../../secret"} {
		if _, err := s.Stat(name); err == nil {
			t.Error("stat", name)
		}
		if _, err := s.Open(name); err == nil {
			t.Error("open", name)
		}
		if err := put(s, name, "x", vfs.CreateOptions{Parents: true}); err == nil {
			t.Error("put", name)
		}
	}
	if e := h.Events(); e[len(e)-1].Path != "/files/shared/in/new" || e[len(e)-1].Identity != "link:1" {
		t.Errorf("%+v", e[len(e)-1])
	}
	// What ann loses, her links lose.
	h.Tree.SetPolicy(access.NewPolicy(nil))
	if _, err := h.Session(folder).Stat("/b"); err == nil {
		t.Error("the link outlived its maker's rights")
	}
}
