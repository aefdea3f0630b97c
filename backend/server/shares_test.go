package server

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/account"
	"portico/backend/config"
	"portico/backend/event"
	"portico/backend/share"
)

// private is a volume that only the owner may use.
func private(path, folder string) config.Volume {
	v := volume(path, folder, "")
	v.Perms = nil
	return v
}

// A paused share opens for nobody, is not counted among those that are open, and comes back as it was.
func TestPauseShare(t *testing.T) {
	dir := folderWith(t, "x.txt")
	s := start(t, t.TempDir(), func(o *Options) { o.Config.Volumes = []config.Volume{private("/a", dir)} })
	made, err := s.shares.Create(t.Context(), account.Owner(), share.NewShare{Path: "/a"})
	if err != nil {
		t.Fatal(err)
	}
	at := "/s/" + made.Key + "/x.txt"
	wantStatus(t, s, at, 200)
	if n := s.Status(t.Context()).Shares; n != 1 {
		t.Errorf("%d shares are open", n)
	}
	body, err := json.Marshal(PauseRequest{ID: made.ID})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Call(t.Context(), "share.pause", body); err != nil {
		t.Fatal(err)
	}
	wantStatus(t, s, at, 404)
	if n := s.Status(t.Context()).Shares; n != 0 {
		t.Errorf("%d shares are open while it is paused", n)
	}
	if _, err := s.PauseShare(t.Context(), made.ID); err != nil { // again: nothing happens
		t.Fatal(err)
	}
	if got, err := s.ResumeShare(t.Context(), made.ID); err != nil || got.State != share.Open {
		t.Error(got.State, err)
	}
	wantStatus(t, s, at, 200)
	if _, err := s.ResumeShare(t.Context(), "none"); err == nil {
		t.Error("a share that is none was resumed")
	}
	events, err := s.store.Events(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	count := make(map[event.Kind]int)
	for _, e := range events {
		count[e.Kind]++
	}
	if count[event.Paused] != 1 || count[event.Resumed] != 1 {
		t.Errorf("Activity tells %d times of pausing and %d times of resuming", count[event.Paused], count[event.Resumed])
	}
}

// A link of the disk that leads out of its volume is not shared, whoever asks.
func TestLinkOutIsNotShared(t *testing.T) {
	dir, out := folderWith(t, "x.txt"), folderWith(t, "secret.txt")
	for name, to := range map[string]string{"out": out, "in": "x.txt"} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip("no links here: ", err)
		}
	}
	s := start(t, t.TempDir(), func(o *Options) { o.Config.Volumes = []config.Volume{volume("/a", dir, "r")} })
	if _, err := s.shares.Create(t.Context(), account.Owner(), share.NewShare{Path: "/a/out"}); err == nil || !strings.Contains(err.Error(), "leads out") {
		t.Errorf("shared, or refused for another cause: %v", err)
	}
	if _, err := s.shares.Create(t.Context(), account.Owner(), share.NewShare{Path: "/a/in"}); err != nil {
		t.Error(err)
	}
}

// Groups are the same in every case, in settings as in accounts.
func TestGroupsFold(t *testing.T) {
	dir := folderWith(t, "x.txt")
	v := private("/a", dir)
	v.Perms = map[string]string{"@Staff": "rw"}
	s := start(t, t.TempDir(), func(o *Options) { o.Config.Volumes = []config.Volume{v} })
	person(t, s, "ann", "sTAFF")
	if code, body := put(t, s, "/a/y", "ann", bytesOf(1)); code != 201 {
		t.Errorf("%d %s", code, body)
	}
}
