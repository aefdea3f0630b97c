package server

import (
	"testing"

	"portico/backend/account"
	"portico/backend/config"
	"portico/backend/share"
	"portico/backend/vfs"
)

// What came by a link and waits to be gone on with goes with the share; a pause keeps it.
func TestEndedShareLeavesNothingWaiting(t *testing.T) {
	dir := folderWith(t, "x.txt")
	s := start(t, t.TempDir(), func(o *Options) { o.Config.Volumes = []config.Volume{private("/a", dir)} })
	made, err := s.shares.Create(t.Context(), account.Owner(), share.NewShare{Path: "/a", Preset: share.Full})
	if err != nil {
		t.Fatal(err)
	}
	id, _, err := s.shares.Open(t.Context(), made.Key, share.Visitor{})
	if err != nil {
		t.Fatal(err)
	}
	session := s.tree.Session(t.Context(), id, vfs.Origin{Door: "test"})
	defer session.Close()
	w, err := session.Create("/new.txt", vfs.CreateOptions{Size: 9, Resume: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Keep(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PauseShare(t.Context(), made.ID); err != nil {
		t.Fatal(err)
	}
	if list := s.tree.Waiting(); len(list) != 1 {
		t.Fatalf("%+v", list)
	}
	if err := s.shares.End(t.Context(), account.Owner(), made.ID); err != nil {
		t.Fatal(err)
	}
	if list := s.tree.Waiting(); len(list) != 0 {
		t.Errorf("%+v", list)
	}
}
