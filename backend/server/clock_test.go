package server

import (
	"sync/atomic"
	"testing"
	"time"

	"portico/backend/account"
	"portico/backend/config"
	"portico/backend/share"
)

// A clock that is moved is told of, and nothing is lost by it: a share that is over by the new time is
// closed, and open again when the clock is put right.
func TestClockJumps(t *testing.T) {
	var off atomic.Int64
	s := start(t, t.TempDir(), func(o *Options) {
		o.Config.Volumes = []config.Volume{private("/a", folderWith(t, "x.txt"))}
		o.Now = func() time.Time { return time.Now().Add(time.Duration(off.Load())) }
	})
	made, err := s.shares.Create(t.Context(), account.Owner(), share.NewShare{Path: "/a", Expires: time.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	look := func() {
		s.volumes.mu.Lock()
		defer s.volumes.mu.Unlock()
		s.lookAtClock(time.Now())
	}
	at := "/s/" + made.Key + "/x.txt"
	look()
	wantStatus(t, s, at, 200)
	off.Store(int64(3 * time.Hour))
	look()
	wantStatus(t, s, at, 404)
	if !s.noticed(t, "by 3h0m0s") {
		t.Error("Activity does not tell that the clock went forward")
	}
	off.Store(0)
	look()
	wantStatus(t, s, at, 200)
	if !s.noticed(t, "set back by 3h0m0s") {
		t.Error("Activity does not tell that the clock went back")
	}
	off.Store(-int64(24 * time.Hour))
	wantStatus(t, s, at, 200)
	wantStatus(t, s, "/", 200)
}
