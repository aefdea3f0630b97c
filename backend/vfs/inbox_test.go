package vfs_test

import (
	"errors"
	"fmt"
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

// TestForgetful: a visitor who keeps no cookie is a new one each time. What it locked it may fill by the
// lock's token, and what it laid empty from where it came; nobody else gets anything by that.
func TestForgetful(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "w"), vfstest.Grant("/files/read", vfstest.Everyone(), "rw"))
	if _, err := h.Owner().Mkdir("/files/read", false); err != nil {
		t.Fatal(err)
	}
	visits := 0
	fresh := func(remote string) *vfs.Session {
		visits++
		s := h.Tree.Session(t.Context(), access.Identity{Kind: access.Guest}, vfs.Origin{Door: "test", Remote: remote, Visit: fmt.Sprint("visit ", visits)})
		t.Cleanup(s.Close)
		return s
	}
	const here, elsewhere = "192.0.2.1", "192.0.2.2"
	comes := func(s *vfs.Session, name, content, want string) {
		t.Helper()
		if r := putResult(t, s, name, content, vfs.CreateOptions{OnExist: vfs.ReplaceOrKeepBoth}); r.Path != want {
			t.Errorf("%q came as %s, want %s", content, r.Path, want)
		}
	}
	// By a lock: the file is made by whoever locked it.
	locker := fresh(here)
	l, err := locker.Lock("/files/locked", vfs.LockRequest{})
	if err != nil {
		t.Fatal(err)
	}
	locker.ShowTokens(l.Token)
	comes(locker, "/files/locked", "first", "/files/locked")
	shows := func(token string) *vfs.Session {
		s := fresh(here)
		s.ShowTokens(token)
		return s
	}
	comes(shows(l.Token), "/files/locked", "second", "/files/locked")
	if e, err := shows(l.Token).Stat("/files/locked"); err != nil || e.Size != 6 {
		t.Errorf("%+v %v", e, err)
	}
	for _, stranger := range []*vfs.Session{fresh(here), shows("urn:portico:lock:guessed")} {
		if _, err := stranger.Stat("/files/locked"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a stranger: %v", err)
		}
	}
	if err := fresh(here).Unlock(l.Token); err != nil {
		t.Error(err)
	}
	if _, err := shows(l.Token).Stat("/files/locked"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the token of a lock that ended: %v", err)
	}
	// By laying it empty.
	comes(fresh(here), "/files/laid", "", "/files/laid")
	if _, err := fresh(elsewhere).Stat("/files/laid"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("from elsewhere: %v", err)
	}
	comes(fresh(elsewhere), "/files/laid", "theirs", "/files/laid (2)")
	// It may be filled, and neither taken away nor renamed.
	if _, err := fresh(here).Remove("/files/laid"); err == nil {
		t.Error("another visitor's empty file was removed")
	}
	if _, err := fresh(here).Rename("/files/laid", "/files/mine", vfs.Refuse); err == nil {
		t.Error("another visitor's empty file was renamed")
	}
	comes(fresh(here), "/files/laid", "filled", "/files/laid")
	comes(fresh(here), "/files/laid", "of the next one", "/files/laid (3)")
	// Where all may look, a token is told to nobody but its holder.
	if l, err = fresh(here).Lock("/files/read/a", vfs.LockRequest{}); err != nil || !l.Mine {
		t.Fatal(l, err)
	}
	if all, err := fresh(here).Locks("/files/read/a"); err != nil || len(all) != 1 || all[0].Mine {
		t.Errorf("%+v %v", all, err)
	}
}
