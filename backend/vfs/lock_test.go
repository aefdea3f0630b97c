package vfs_test

import (
	"errors"
	"io/fs"
	"testing"
	"time"

	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestLocksHoldEverywhere: a lock keeps everybody off who does not show its token, whatever the verb,
// the door, the identity, and over a restart.
func TestLocksHoldEverywhere(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Account("ann"), "rwmd"))
	for _, name := range []string{"/files/a", "/files/b", "/files/d/x", "/files/d/sub/y", "/files/free"} {
		h.Put(h.Owner(), name, "x")
	}
	ann := h.Session(vfstest.User("ann"))
	file, err := ann.Lock("/files/a", vfs.LockRequest{Owner: "an editor"})
	if err != nil {
		t.Fatal(err)
	}
	folder, err := ann.Lock("/files/d", vfs.LockRequest{Subtree: true})
	if err != nil {
		t.Fatal(err)
	}
	refused := func(what string, err error) {
		t.Helper()
		var e *vfs.Error
		if !errors.Is(err, vfs.ErrLocked) || !errors.As(err, &e) || e.Held != "ann" {
			t.Errorf("%s: %v", what, err)
		}
	}
	verbs := func(s *vfs.Session) {
		t.Helper()
		refused("replace", put(s, "/files/a", "new", vfs.CreateOptions{}))
		_, err := s.Remove("/files/a")
		refused("remove", err)
		_, err = s.Rename("/files/a", "/files/c", vfs.Refuse)
		refused("rename", err)
		_, err = s.Rename("/files/b", "/files/a", vfs.Replace)
		refused("rename over", err)
		_, err = s.Copy("/files/b", "/files/a", vfs.Replace)
		refused("copy over", err)
		refused("set times", s.SetTimes("/files/a", time.Unix(1e9, 0)))
		refused("create below", put(s, "/files/d/new", "x", vfs.CreateOptions{}))
		refused("replace below", put(s, "/files/d/sub/y", "z", vfs.CreateOptions{}))
		_, err = s.Mkdir("/files/d/sub/made", false)
		refused("mkdir below", err)
		_, err = s.Remove("/files/d/sub")
		refused("remove below", err)
		_, err = s.Remove("/files/d")
		refused("remove the folder", err)
		_, err = s.Rename("/files/free", "/files/d/free", vfs.Refuse)
		refused("rename into", err)
		_, err = s.Lock("/files/a", vfs.LockRequest{})
		refused("lock", err)
		_, err = s.Lock("/files/d/x", vfs.LockRequest{Shared: true})
		refused("lock below", err)
		_, err = s.Lock("/files", vfs.LockRequest{Subtree: true})
		refused("lock above", err)
		if got := h.Get(s, "/files/a"); got != "x" {
			t.Error("reading is free", got)
		}
	}
	verbs(h.Owner())
	verbs(h.Session(vfstest.User("ann"))) // the token counts, not the person
	h.Reopen()
	verbs(h.Owner())
	ann = h.Session(vfstest.User("ann"))
	list, err := ann.Locks("/files/d/sub/y")
	if err != nil || len(list) != 1 || list[0].Token != folder.Token || !list[0].Mine || list[0].Path != "/files/d" {
		t.Errorf("%+v %v", list, err)
	}
	ann.ShowTokens(file.Token, folder.Token)
	if err := put(ann, "/files/a", "new", vfs.CreateOptions{}); err != nil {
		t.Error(err)
	}
	if err := put(ann, "/files/d/new", "new", vfs.CreateOptions{}); err != nil {
		t.Error(err)
	}
	if l, err := ann.Lock("/files/a", vfs.LockRequest{Token: file.Token, Timeout: time.Minute}); err != nil || l.Token != file.Token || l.Timeout != time.Minute {
		t.Errorf("%+v %v", l, err)
	}
	if err := h.Session(vfstest.User("bob")).Unlock(file.Token); err == nil {
		t.Error("somebody else unlocked it")
	}
	if err := ann.Unlock(file.Token); err != nil {
		t.Error(err)
	}
	if err := ann.Unlock(file.Token); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := ann.Remove("/files/d"); err != nil {
		t.Error(err)
	}
	if err := put(h.Owner(), "/files/d", "a file now", vfs.CreateOptions{}); err != nil {
		t.Error("a lock outlived what it was on:", err)
	}
}

func TestSharedLocksAndTimeouts(t *testing.T) {
	h := vfstest.New(t, vfstest.Now())
	s := h.Owner()
	h.Put(s, "/files/a", "x")
	one, err := s.Lock("/files/a", vfs.LockRequest{Shared: true, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Lock("/files/a", vfs.LockRequest{Shared: true, Timeout: time.Minute}); err != nil {
		t.Error(err)
	}
	if _, err := s.Lock("/files/a", vfs.LockRequest{}); !errors.Is(err, vfs.ErrLocked) {
		t.Error(err)
	}
	h.Clock.Add(2 * time.Minute)
	if l, err := s.Locks("/files/a"); err != nil || len(l) != 0 {
		t.Error(l, err)
	}
	if _, err := s.Lock("/files/a", vfs.LockRequest{Token: one.Token}); !errors.Is(err, vfs.ErrPrecondition) {
		t.Error(err)
	}
	if _, err := s.Lock("/files/a", vfs.LockRequest{}); err != nil {
		t.Error(err)
	}
	if err := put(s, "/files/new", "x", vfs.CreateOptions{}); err != nil {
		t.Error("a lock on one name keeps another off:", err)
	}
}

// TestFolderLockKeepsItsNames: a lock on a folder alone speaks of which names are in it, not of what
// the files hold.
func TestFolderLockKeepsItsNames(t *testing.T) {
	h := vfstest.New(t)
	s := h.Owner()
	h.Put(s, "/files/d/a", "x")
	if _, err := s.Lock("/files/d", vfs.LockRequest{}); err != nil {
		t.Fatal(err)
	}
	if err := put(s, "/files/d/new", "x", vfs.CreateOptions{}); !errors.Is(err, vfs.ErrLocked) {
		t.Error(err)
	}
	if _, err := s.Remove("/files/d/a"); !errors.Is(err, vfs.ErrLocked) {
		t.Error(err)
	}
	if err := put(s, "/files/d/a", "y", vfs.CreateOptions{}); err != nil {
		t.Error(err)
	}
}

// TestLocksNeedTheRight: who may only add locks the names that he adds, and keeps nobody off anything else.
func TestLocksNeedTheRight(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Account("ann"), "rwmd"), vfstest.Grant("/files/in", vfstest.Account("bob"), "w"),
		vfstest.Grant("/files/add", vfstest.Account("bob"), "rw"))
	h.Put(h.Owner(), "/files/in/theirs", "x")
	h.Put(h.Owner(), "/files/add/theirs", "x")
	bob := h.Session(vfstest.User("bob"))
	h.Put(bob, "/files/in/mine", "x")
	for name, want := range map[string]error{
		"/files/in/theirs": fs.ErrNotExist, "/files/in": fs.ErrNotExist, "/files/add": fs.ErrPermission, "/files/add/theirs": fs.ErrPermission,
		"/files/in/free": nil, "/files/in/mine": nil, "/files/add/free": nil, "/files/other": fs.ErrPermission,
	} {
		if _, err := bob.Lock(name, vfs.LockRequest{Subtree: true}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
	volume := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "w"))
	if _, err := volume.Guest().Lock("/files", vfs.LockRequest{Subtree: true}); err == nil {
		t.Error("a guest locked a whole volume")
	}
}
