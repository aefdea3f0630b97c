package store

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/backend/event"
)

const syncEnv = "PORTICO_STORE_TEST_SYNC"

// writeForTrace writes under a tracer that counts syncs; marks tell it where it is.
func writeForTrace(dir string) {
	s, err := Open(context.Background(), Options{Dir: dir})
	if err != nil {
		panic(err)
	}
	write := func(d Durability) {
		if err := s.Write(context.Background(), d, func(tx *Tx) error { return tx.Append(&event.Event{Kind: event.Notice}) }); err != nil {
			panic(err)
		}
	}
	beats := func() (n int) {
		if err := s.Read(context.Background(), func(tx *Tx) error { return tx.row(`SELECT n FROM beat`).Scan(&n) }); err != nil {
			panic(err)
		}
		return n
	}
	mark := func(name string) { _, _ = os.Stat("/mark/" + name) }
	write(Durable)
	mark("durable")
	for range 10 {
		write(Durable)
	}
	start := beats()
	mark("fast")
	for range 10 {
		write(Fast)
	}
	mark("reading")
	fmt.Println(beats() - start) // 0, unless this took very long
	mark("durable-after-fast")
	write(Durable)
	start = beats()
	mark("fast-then-idle")
	write(Fast)
	for beats() == start {
		time.Sleep(flushAfter / 20)
	}
	mark("end")
	os.Exit(0)
}

// Durable writes sync once each, Fast ones do not, and a Fast one that nothing follows is synced
// within seconds. Counted at the kernel, since a kill cannot show it.
func TestSyncs(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("no strace")
	}
	trace := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command(strace, "-f", "-qq", "-o", trace, "-e", "trace=fsync,fdatasync,newfstatat", os.Args[0])
	cmd.Env = append(os.Environ(), syncEnv+"="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil {
		if bytes.Contains(out, []byte("ptrace")) || bytes.Contains(out, []byte("PTRACE")) {
			t.Skipf("nothing can be traced here: %s", out)
		}
		t.Fatalf("%v: %s", err, out)
	}
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]int)
	at := "open"
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if _, after, found := strings.Cut(lines.Text(), `"/mark/`); found {
			at, _, _ = strings.Cut(after, `"`)
		} else if strings.Contains(lines.Text(), "sync(") {
			got[at]++
		}
	}
	var beats int
	if _, err := fmt.Sscan(string(out), &beats); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got["durable"] != 10 {
		t.Errorf("10 durable writes made %d syncs", got["durable"])
	}
	if got["fast"] > beats {
		t.Errorf("10 fast writes made %d syncs, %d of them after a while", got["fast"], beats)
	}
	if got["durable-after-fast"] < 1 {
		t.Error("a durable write after fast ones did not sync")
	}
	if got["fast-then-idle"] != 1 {
		t.Errorf("a fast write that nothing followed was synced %d times", got["fast-then-idle"])
	}
}
