package vfs_test

import (
	"errors"
	"io/fs"
	"testing"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestFoldedNames: on a disk that holds several spellings for one name, no spelling is a way around the
// rules, and what Windows refuses is told as what it is.
func TestFoldedNames(t *testing.T) {
	h := vfstest.New(t, vfstest.Drivers(storages(t)["refusals"]),
		vfstest.Volume(vfs.Volume{Name: "files", Path: "/files", Trash: true}),
		vfstest.Grant("/files", vfstest.Everyone(), "rwmd"),
		vfstest.Grant("/files/Private", vfstest.Account("ann"), "rwmd"))
	o, g := h.Owner(), h.Guest()
	h.Put(o, "/files/Private/secret", "s")
	h.Put(o, "/files/open", "o")
	for _, name := range []string{"/files/private", "/files/PRIVATE/secret", "/files/pRIVATE/SECRET", "/files/Private/secret"} {
		if _, err := g.Stat(name); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("stat %s: %v", name, err)
		}
		if _, err := g.Open(name); err == nil {
			t.Errorf("open %s worked", name)
		}
		if err := put(g, name, "evil", vfs.CreateOptions{}); err == nil {
			t.Errorf("put %s worked", name)
		}
		if _, err := g.Remove(name); err == nil {
			t.Errorf("remove %s worked", name)
		}
		if _, err := g.Rename(name, "/files/stolen", vfs.Refuse); err == nil {
			t.Errorf("rename %s worked", name)
		}
		if _, err := g.Rename("/files/open", name, vfs.Replace); err == nil {
			t.Errorf("rename onto %s worked", name)
		}
		if _, err := g.Copy(name, "/files/stolen", vfs.Refuse); err == nil {
			t.Errorf("copy %s worked", name)
		}
	}
	if got := h.Get(o, "/files/PRIVATE/SECRET"); got != "s" {
		t.Error(got)
	}
	if err := put(o, "/files/OPEN", "x", vfs.CreateOptions{OnExist: vfs.Refuse}); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	if r := putResult(t, o, "/files/OPEN", "replaced", vfs.CreateOptions{}); r.Created {
		t.Errorf("%+v", r)
	}
	wantNames(t, g, "/files", "open")
	before, err := o.Record("/files/open")
	if err != nil || before.SHA256 == "" {
		t.Error(before, err)
	}
	if e, err := o.Rename("/files/open", "/files/Open", vfs.Refuse); err != nil || e.Name != "Open" {
		t.Error(e, err)
	}
	wantNames(t, g, "/files", "Open")
	h.Put(o, "/files/folder/in", "i")
	if e, err := o.Rename("/files/FOLDER", "/files/Folder", vfs.Refuse); err != nil || e.Name != "Folder" || h.Get(o, "/files/Folder/in") != "i" {
		t.Error(e, err)
	}
	wantNames(t, g, "/files", "Folder", "Open")
	if e, err := g.Stat("/files/oPEN"); err != nil || e.Name != "oPEN" || e.Spelt != "Open" {
		t.Errorf("%+v, %v", e, err)
	}
	if e, err := g.Stat("/files/Open"); err != nil || e.Spelt != "" {
		t.Errorf("%+v, %v", e, err)
	}
	if after, err := o.Record("/files/Open"); err != nil || after.Node != before.Node || after.SHA256 != before.SHA256 {
		t.Errorf("%+v, was %+v: %v", after, before, err)
	}
	for _, name := range []string{"CON", "nul.txt", "a:b", "what?", "trailing."} {
		if err := put(o, "/files/"+name, "x", vfs.CreateOptions{}); !errors.Is(err, vfs.ErrName) {
			t.Errorf("%s: %v", name, err)
		}
	}
	f, err := g.Open("/files/Open")
	if err != nil {
		t.Fatal(err)
	}
	if err := put(o, "/files/Open", "while it is read", vfs.CreateOptions{}); !errors.Is(err, vfs.ErrBusy) {
		t.Error(err)
	}
	if _, err := o.Remove("/files/Open"); !errors.Is(err, vfs.ErrBusy) {
		t.Error(err)
	}
	f.Close()
	if _, err := o.Remove("/files/OPEN"); err != nil {
		t.Error(err)
	}
	noStages(t, h)
}
