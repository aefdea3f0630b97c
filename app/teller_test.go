package app

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/vfs"
)

func TestTransferLine(t *testing.T) {
	ann := access.Identity{Kind: access.Account, Name: "ann"}
	for _, c := range []struct {
		t    vfs.Transfer
		rate float64
		want string
	}{
		{vfs.Transfer{Verb: vfs.VerbCreate, Path: "/in/cat.jpg", Done: 500, Total: 1000, Identity: ann}, 250,
			"↑ ██████████░░░░░░░░░░ /in/cat.jpg  500 bytes of 1.0 kB  250 bytes/s  2 s left  ann"},
		{vfs.Transfer{Verb: vfs.VerbOpen, Path: "/out/x", Done: 2_500_000, Total: -1, Identity: ann}, 12e6, "↓ /out/x  2.5 MB  12 MB/s  ann"},
		{vfs.Transfer{Verb: vfs.VerbOpen, Path: "/" + strings.Repeat("a", 60), Done: 1, Total: 1, Identity: ann}, 0,
			"↓ ████████████████████ …" + strings.Repeat("a", 39) + "  1 byte of 1 byte  0 bytes/s  ann"},
		{vfs.Transfer{Verb: vfs.VerbOpen, Path: "/\x1b[2J\nx", Done: 0, Total: 0, Identity: ann}, 0, "↓ /�[2J�x  0 bytes  0 bytes/s  ann"},
	} {
		if got := transferLine(c.t, c.rate, 0); got != c.want {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestSample(t *testing.T) {
	at := time.Unix(1000, 0)
	moved := func(n int64) vfs.Transfer { return vfs.Transfer{Done: n} }
	s := sample{}.next(moved(0), at)
	s = s.next(moved(1000), at.Add(time.Second))
	if s.rate != 1000 {
		t.Errorf("rate %v, want 1000", s.rate)
	}
	if s = s.next(moved(1000), at.Add(2*time.Second)); s.rate >= 1000 || s.rate <= 0 {
		t.Errorf("a pause makes the rate %v", s.rate)
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1.0 kB", 12_345: "12 kB", 3_100_000_000: "3.1 GB", 1 << 62: "4612 PB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
}

// What visitors call things cannot rule the terminal, nor make one line two.
func TestPlainLog(t *testing.T) {
	var b bytes.Buffer
	log := slog.New(&plainHandler{w: &b, level: slog.LevelInfo, mu: new(sync.Mutex)}).With("room", "web", "door", "http")
	log.Debug("not told")
	log.Warn("somebody came", "name", "evil\x1b[2J\nname")
	if want := "warn: somebody came · door: http · name: evil�[2J�name\n"; b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
}

func TestTellJSON(t *testing.T) {
	var out bytes.Buffer
	tell := &teller{out: &out, json: true}
	tell.tell(event.Event{ID: 7, Kind: event.Created, Path: "/a\nb"})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	var e event.Event
	if len(lines) != 1 || json.Unmarshal([]byte(lines[0]), &e) != nil || e.Path != "/a\nb" || e.ID != 7 {
		t.Errorf("told %q", out.String())
	}
}
