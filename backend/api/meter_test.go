package api

import (
	"testing"
	"time"

	"portico/backend/vfs"
)

func TestMeter(t *testing.T) {
	var m meter
	start := time.Unix(1000, 0)
	look := func(after time.Duration, done int64) int64 {
		t.Helper()
		return m.look([]vfs.Transfer{{ID: "a", Done: done}, {ID: "b"}}, start.Add(after))["a"]
	}
	if got := look(0, 5000); got != 0 {
		t.Errorf("what lay there before was counted: %d", got)
	}
	if got := look(time.Second, 6000); got != 1000 {
		t.Errorf("%d, want 1000", got)
	}
	if got := look(time.Second+meterPause/2, 900_000); got != 1000 {
		t.Errorf("a look too soon measured %d", got)
	}
	if got := look(2*time.Second, 7000); got != 1000 {
		t.Errorf("%d, want 1000", got)
	}
	if got := look(5*time.Second, 7000+3*4000); got <= 1000 || got >= 4000 {
		t.Errorf("%d is not between the old speed and the new", got)
	}
	for i := range 60 {
		look(time.Duration(6+i)*time.Second, 19_000)
	}
	if got := look(67*time.Second, 100); got != 0 {
		t.Errorf("it stands still at %d", got)
	}
	m.look(nil, start.Add(70*time.Second))
	if len(m.seen) != 0 {
		t.Errorf("%d are remembered that ended", len(m.seen))
	}
}

func TestRounded(t *testing.T) {
	for speed, want := range map[float64]int64{0: 0, 0.4: 0, 1: 1, 12.6: 13, 123.4: 123, 1239: 1240, 123_456_789: 123_000_000, 99_999: 100_000} {
		if got := rounded(speed); got != want {
			t.Errorf("%v became %d, want %d", speed, got, want)
		}
	}
}

func TestBatchesOf(t *testing.T) {
	one := func(id, path, remote, batch string, done, total int64) Transfer {
		return Transfer{ID: id, Direction: "in", Path: path, Remote: remote, Batch: batch, Done: done, Total: total, Speed: 10, Since: int64(len(id))}
	}
	got := batchesOf([]Transfer{
		one("1", "/in/a/x", "10.0.0.1", "", 10, 100), one("2", "/in/other", "10.0.0.2", "", 5, -1),
		one("3", "/in/ab/y", "10.0.0.1", "", 20, 50), one("4", "/in/a/z", "10.0.0.1", "named", 0, 7), one("5", "/in/w", "10.0.0.2", "", 5, 10),
	})
	if len(got) != 3 {
		t.Fatalf("%+v", got)
	}
	if b := got[0]; b.Path != "/in" || b.Done != 30 || b.Total != 150 || b.Speed != 20 || b.ETA != 6 || len(b.Files) != 2 {
		t.Errorf("%+v", b)
	}
	if b := got[1]; b.Total != -1 || b.ETA != -1 || b.Done != 10 || b.Path != "/in" {
		t.Errorf("%+v", b)
	}
	if b := got[2]; b.Batch != "named" || b.ETA != 1 || b.ID == got[0].ID {
		t.Errorf("%+v", b)
	}
}
