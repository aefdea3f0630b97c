package drivertest

import (
	"context"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"portico/backend/vfs/driver"
)

// Harness is one volume, empty at first, that can be opened again and again.
type Harness interface {
	// Open opens the volume. The suite closes what it got before it opens again.
	Open(t *testing.T) driver.Driver
	// Folder is where the volume lies on this computer, for playing foreign programs; "" when it
	// does not.
	Folder() string
}

// Maker makes an empty volume. Cleaning up is left to t.Cleanup.
type Maker func(t *testing.T) Harness

// Optional abilities of a Harness. What it does not have is skipped.
type (
	// Limiter makes another volume with room for about that many bytes; nil when it cannot here.
	Limiter interface {
		Limited(t *testing.T, bytes int64) Harness
	}
	// Ejector takes the medium away and puts it back, while a driver is open. Between the two a
	// driver must answer driver.ErrAbsent.
	Ejector interface {
		Eject(t *testing.T)
		Insert(t *testing.T)
	}
)

type testCase struct {
	name string
	fn   func(k *kit)
}

// Run runs the whole suite, or only the cases whose names begin so.
func Run(t *testing.T, m Maker, only ...string) {
	groups := [][]testCase{
		lookupCases, nameCases, folderCases, renameCases, stageCases, journalCases, publishCases,
		raceCases, hiddenCases, linkCases, appendCases, spaceCases, absentCases, manyCases,
	}
	for _, g := range groups {
		for _, c := range g {
			begins := func(with string) bool { return strings.HasPrefix(c.name, with) }
			if len(only) > 0 && !slices.ContainsFunc(only, begins) {
				continue
			}
			t.Run(c.name, func(t *testing.T) { runCase(t, m, c.fn) })
		}
	}
}

// runCase opens a fresh volume and insists that nothing is left open behind.
func runCase(t *testing.T, m Maker, fn func(k *kit)) {
	h := m(t)
	warm := h.Open(t) // what a process opens once, it opens here
	if err := warm.Close(); err != nil {
		t.Fatal(err)
	}
	goroutines := goleak.IgnoreCurrent()
	before := descriptors(t)
	k := &kit{t: t, ctx: context.Background(), h: h}
	done := false
	defer func() {
		k.close()
		if !done || t.Skipped() {
			return // a failed case leaves things open; one complaint is enough
		}
		if after := descriptors(t); after > before {
			t.Errorf("%d descriptors before, %d after", before, after)
		}
		if err := goleak.Find(goroutines); err != nil {
			t.Error(err)
		}
	}()
	k.open()
	fn(k)
	done = !t.Failed()
}

// descriptors counts what the process has open, where that can be asked.
func descriptors(t *testing.T) int {
	if runtime.GOOS != "linux" {
		return 0
	}
	l, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(l)
}
