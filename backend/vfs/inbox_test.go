package vfs_test

import (
	"errors"
	"io/fs"
	"testing"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestInbox: who may only add sees what it recently added and nothing else, may fill, rename, replace
// and remove that, and nothing of anybody else.
func TestInbox(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "w"))
	h.Put(h.Owner(), "/files/private.txt", "private")
	h.Put(h.Owner(), "/files/folder/private.txt", "private")
	s := h.Guest()
	wantNames(t, s, "/files")
	h.Put(s, "/files/mine.part", "mine")
	wantNames(t, s, "/files", "mine.part")
	if got := h.Get(s, "/files/mine.part"); got != "mine" {
		t.Error(got)
	}
	if _, err := s.Rename("/files/mine.part", "/files/mine.txt", vfs.Refuse); err != nil {
		t.Error(err)
	}
	if r := h.Put(s, "/files/mine.txt", "mine, better"); r.Created {
		t.Errorf("%+v", r)
	}
	if _, err := s.Mkdir("/files/new", false); err != nil {
		t.Error(err)
	}
	h.Put(s, "/files/new/x", "x")
	wantNames(t, s, "/files", "mine.txt", "new")
	wantNames(t, s, "/files/new", "x")
	for _, name := range []string{"/files/private.txt", "/files/folder/private.txt", "/files/none"} {
		if _, err := s.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("stat %s: %v", name, err)
		}
		if _, err := s.Open(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("open %s: %v", name, err)
		}
		if _, err := s.Remove(name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("remove %s: %v", name, err)
		}
		if _, err := s.Rename(name, "/files/stolen", vfs.Refuse); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("rename %s: %v", name, err)
		}
		if _, err := s.Copy(name, "/files/stolen", vfs.Refuse); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("copy %s: %v", name, err)
		}
	}
	r := putResult(t, s, "/files/private.txt", "x", vfs.CreateOptions{OnExist: vfs.ReplaceOrKeepBoth})
	if r.Path != "/files/private (2).txt" || !r.Created {
		t.Errorf("%+v", r)
	}
	// Another visitor from the same address is somebody else.
	other := h.Visitor(access.Identity{Kind: access.Guest}, "second visitor")
	wantNames(t, other, "/files")
	if _, err := other.Remove("/files/mine.txt"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := s.Remove("/files/mine.txt"); err != nil {
		t.Error(err)
	}
	if got := h.Get(h.Owner(), "/files/private.txt"); got != "private" {
		t.Error(got)
	}
}

func putResult(t *testing.T, s *vfs.Session, name, content string, o vfs.CreateOptions) vfs.Result {
	t.Helper()
	o.Size = int64(len(content))
	w, err := s.Create(name, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(content)); err != nil {
		t.Fatal(err)
	}
	r, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRecentlyMineEnds: what one made oneself is not one's own any more when somebody changed it.
func TestRecentlyMineEnds(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "w"))
	s := h.Guest()
	h.Put(s, "/files/a", "a")
	h.Put(h.Owner(), "/files/a", "owner's")
	if _, err := s.Open("/files/a"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if r := putResult(t, s, "/files/a", "x", vfs.CreateOptions{}); r.Path != "/files/a (2)" {
		t.Error(r)
	}
}

// TestPlaceholder: a desktop that puts an empty file first and fills it makes one event, of a new file.
func TestPlaceholder(t *testing.T) {
	h := vfstest.New(t,
		vfstest.Volume(vfs.Volume{Name: "v", Path: "/files", Versions: true}),
		vfstest.Grant("/files", vfstest.Everyone(), "w"))
	s := h.Guest()
	if r := h.Put(s, "/files/a", ""); r.Event != 0 || !r.Created {
		t.Errorf("%+v", r)
	}
	if e := h.Events(); len(e) != 0 {
		t.Error(e)
	}
	if r := h.Put(s, "/files/a", "filled"); r.Event == 0 || r.Created {
		t.Errorf("%+v", r)
	}
	e := h.Events()
	if len(e) != 1 || e[0].Kind != event.Created || e[0].Size != 6 || e[0].Path != "/files/a" {
		t.Errorf("%+v", e)
	}
	if v, err := h.Owner().Versions("/files/a"); err != nil || len(v) != 0 {
		t.Error(v, err)
	}
	if r := h.Put(s, "/files/b", ""); r.Event != 0 {
		t.Error(r)
	}
	if _, err := s.Remove("/files/b"); err != nil {
		t.Error(err)
	}
	if e := h.Events(); len(e) != 1 {
		t.Errorf("%+v", e)
	}
}

// TestInboxIsKnown: the folder that somebody may only add to is no secret from them, what lies in it is.
func TestInboxIsKnown(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "r"), vfstest.Grant("/files/inbox", vfstest.Everyone(), "w"),
		vfstest.Grant("/files/closed", vfstest.Account("alice"), "w"))
	for _, name := range []string{"/files/inbox/theirs", "/files/inbox/sub/theirs", "/files/closed/theirs"} {
		h.Put(h.Owner(), name, "x")
	}
	s := h.Guest()
	if e, err := s.Stat("/files/inbox"); err != nil || e.Rights != access.Write {
		t.Errorf("the inbox: %+v, %v", e, err)
	}
	for _, name := range []string{"/files/inbox/theirs", "/files/inbox/sub", "/files/inbox/sub/theirs", "/files/closed"} {
		if _, err := s.Stat(name); err == nil {
			t.Errorf("%s was told", name)
		}
	}
}
