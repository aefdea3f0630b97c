package vfs_test

import (
	"fmt"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// claimCase is one verb on something in a folder to which one may only add, and of whom it is allowed.
type claimCase struct {
	verb string
	on   string // which of the things below it is for: "file", "folder" or "" for both
	do   func(s *vfs.Session, name string) error
}

var claimCases = []claimCase{
	{"stat", "", func(s *vfs.Session, n string) error { _, err := s.Stat(n); return err }},
	{"record", "file", func(s *vfs.Session, n string) error { _, err := s.Record(n); return err }},
	{"canonical", "", func(s *vfs.Session, n string) error { _, err := s.Canonical(n); return err }},
	{"open", "file", func(s *vfs.Session, n string) error {
		f, err := s.Open(n)
		if err == nil {
			f.Close()
		}
		return err
	}},
	{"replace", "file", replaces(vfs.CreateOptions{})},
	{"edit", "file", replaces(vfs.CreateOptions{Base: vfs.Existing})},
	{"append", "file", replaces(vfs.CreateOptions{Base: vfs.Append})},
	{"times", "", func(s *vfs.Session, n string) error { return s.SetTimes(n, time.Unix(1e9, 0)) }},
	{"copy", "", func(s *vfs.Session, n string) error { _, err := s.Copy(n, n+" copied", vfs.Refuse); return err }},
	{"move", "", func(s *vfs.Session, n string) error { _, err := s.Rename(n, n+" moved", vfs.Refuse); return err }},
	{"move across", "", func(s *vfs.Session, n string) error {
		_, err := s.Rename(n, "/other"+n[len("/files"):], vfs.Refuse)
		return err
	}},
	{"remove", "", func(s *vfs.Session, n string) error { _, err := s.Remove(n); return err }},
}

// replaces reports an error where the content did not come under the very name.
func replaces(o vfs.CreateOptions) func(*vfs.Session, string) error {
	return func(s *vfs.Session, n string) error {
		o.Size = -1
		w, err := s.Create(n, o)
		if err != nil {
			return err
		}
		if _, err := w.Write([]byte("X")); err != nil {
			return err
		}
		r, err := w.Commit()
		if err == nil && r.Path != n {
			return fmt.Errorf("came as %s", r.Path)
		}
		return err
	}
}

// TestClaims asks every verb of who may only add: on one's own and on others', as a file, an empty
// folder and a folder that holds something of somebody else; of guests, holders of a link and accounts.
// Of what is others' nothing is changed, told or taken along by any of them.
func TestClaims(t *testing.T) {
	ann := vfstest.User("ann")
	owner := vfstest.Owner()
	link := access.Identity{Kind: access.Link, ID: "1", Behind: &owner, Mask: access.Write, Root: "/"}
	h := vfstest.New(t,
		vfstest.Volume(vfs.Volume{Name: "files", Path: "/files"}), vfstest.Volume(vfs.Volume{Name: "other", Path: "/other"}),
		vfstest.Grant("/files", vfstest.Everyone(), "w"), vfstest.Grant("/other", vfstest.Everyone(), "w"))
	for who, id := range map[string]access.Identity{"guest": {Kind: access.Guest}, "link": link, "account": ann} {
		// Somebody with the same identity and address, or another account.
		other := h.Visitor(id, "second visitor")
		if id.Kind == access.Account {
			other = h.Session(vfstest.User("bob"))
		}
		for _, thing := range []string{"file", "empty folder", "filled folder"} {
			for _, own := range []bool{true, false} {
				for _, c := range claimCases {
					if c.on == "file" && thing != "file" {
						continue
					}
					name := fmt.Sprintf("/files/%s %s %v %s", who, thing, own, c.verb)
					mine := h.Session(id)
					maker := other
					if own {
						maker = mine
					}
					lay(t, h, maker, other, name, thing)
					allowed := own && (thing != "filled folder" || c.verb == "stat" || c.verb == "canonical")
					err := c.do(mine, name)
					if allowed != (err == nil) {
						t.Errorf("%s: %v", name, err)
					}
					if !own || thing == "filled folder" {
						untouched(t, h, name, thing)
					}
					mine.Close()
				}
			}
		}
	}
}

func lay(t *testing.T, h *vfstest.House, maker, other *vfs.Session, name, thing string) {
	t.Helper()
	if thing == "file" {
		h.Put(maker, name, "secret")
		return
	}
	if _, err := maker.Mkdir(name, false); err != nil {
		t.Fatal(err)
	}
	if thing == "filled folder" {
		h.Put(other, name+"/theirs", "secret")
	}
}

// untouched checks that what is others' is where it was, and nowhere else for anybody who may only add.
func untouched(t *testing.T, h *vfstest.House, name, thing string) {
	t.Helper()
	owner := h.Owner()
	defer owner.Close()
	switch thing {
	case "file":
		if got := h.Get(owner, name); got != "secret" {
			t.Errorf("%s: %q", name, got)
		}
	case "empty folder":
		if _, err := owner.Stat(name); err != nil {
			t.Error(err)
		}
	default:
		if got := h.Get(owner, name+"/theirs"); got != "secret" {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, copied := range []string{name + " copied", name + " moved", "/other" + name[len("/files"):]} {
		if e, err := owner.Stat(copied); err == nil {
			t.Errorf("%s is there: %+v", copied, e)
		}
	}
}

// TestNothingTells: to who may only add, a name that others took answers like a free one, however it
// is asked; and content is not compared for them.
func TestNothingTells(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "w"))
	owner, s := h.Owner(), h.Guest()
	for _, name := range []string{"file", "folder/x"} {
		h.Put(owner, "/files/"+name, "1234")
	}
	for what, o := range map[string]vfs.CreateOptions{
		"refuse": {OnExist: vfs.Refuse}, "if none": {IfNone: true}, "replace": {}, "put": {OnExist: vfs.ReplaceOrKeepBoth},
		"edit": {Base: vfs.Existing}, "append": {Base: vfs.Append, OnExist: vfs.Refuse},
	} {
		for _, name := range []string{"/files/file", "/files/folder", "/files/free " + what} {
			o.Size = 4
			if r := putResult(t, s, name, "1234", o); !r.Created || r.Unchanged || r.Size != 4 {
				t.Errorf("%s of %s: %+v", what, name, r)
			}
		}
	}
	for _, name := range []string{"/files/file", "/files/folder", "/files/none"} {
		if _, err := s.Create(name, vfs.CreateOptions{IfMatch: "*"}); err == nil || err.Error() != "create "+name+": precondition failed" {
			t.Errorf("if match of %s: %v", name, err)
		}
		if _, err := s.Mkdir(name, false); err != nil {
			t.Errorf("mkdir of %s: %v", name, err)
		}
	}
	for _, name := range []string{"/files/file", "/files/folder", "/files/nothing"} {
		h.Put(s, "/files/mine", name)
		if _, err := s.Rename("/files/mine", name, vfs.Refuse); err != nil {
			t.Errorf("rename to %s: %v", name, err)
		}
	}
	if got := h.Get(owner, "/files/file") + h.Get(owner, "/files/folder/x"); got != "12341234" {
		t.Error(got)
	}
}

// TestChangedByRight: who may replace a file and not read it changes it, and does not read it as its own
// afterwards.
func TestChangedByRight(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Account("ann"), "wd"))
	h.Put(h.Owner(), "/files/a", "secret")
	s := h.Session(vfstest.User("ann"))
	for _, base := range []vfs.Base{vfs.Existing, vfs.Append} {
		if err := put(s, "/files/a", "X", vfs.CreateOptions{Base: base}); err != nil {
			t.Error(err)
		}
		if f, err := s.Open("/files/a"); err == nil {
			f.Close()
			t.Error("read what was only changed")
		}
	}
	if got := h.Get(h.Owner(), "/files/a"); got != "XecretX" {
		t.Error(got)
	}
}

// TestRestoreTellsNothing: what one removed oneself comes back beside a name that others have taken
// meanwhile, and does not tell of it.
func TestRestoreTellsNothing(t *testing.T) {
	h := vfstest.New(t, vfstest.Volume(vfs.Volume{Name: "files", Path: "/files", Trash: true}), vfstest.Grant("/files", vfstest.Everyone(), "w"))
	s := h.Guest()
	for i, e := range []vfs.OnExist{vfs.Refuse, vfs.Replace, vfs.KeepBoth} {
		name := fmt.Sprintf("/files/%d", i)
		h.Put(s, name, "mine")
		r, err := s.Remove(name)
		if err != nil {
			t.Fatal(err)
		}
		h.Put(h.Owner(), name, "theirs")
		if back, err := s.Restore(r.Trash, e); err != nil || back.Path != name+" (2)" {
			t.Errorf("%s: %+v, %v", name, back, err)
		}
		if got := h.Get(h.Owner(), name); got != "theirs" {
			t.Errorf("%s: %q", name, got)
		}
	}
}
