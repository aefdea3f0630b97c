package fault_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/drivertest"
	"portico/backend/vfs/drivertest/fault"
	"portico/backend/vfs/localdisk"
)

func openDisk(t *testing.T, root string) driver.Driver {
	t.Helper()
	d, err := localdisk.Open(context.Background(), localdisk.Options{Root: root, Instance: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// wrapped is a disk behind a wrapper that has nothing to do: it must pass as if it were not there.
type wrapped struct {
	root  string
	power bool
}

func (w *wrapped) Folder() string { return w.root }

func (w *wrapped) Open(t *testing.T) driver.Driver {
	if !w.power {
		return fault.New(openDisk(t, w.root), fault.Options{})
	}
	d, err := fault.WithPower(t.Context(), openDisk(t, w.root), fault.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSuite(t *testing.T) {
	for _, power := range []bool{false, true} {
		t.Run(fmt.Sprint("power ", power), func(t *testing.T) {
			drivertest.Run(t, func(t *testing.T) drivertest.Harness { return &wrapped{t.TempDir(), power} })
		})
	}
}

// bench is a volume with a wrapper, and short words.
type bench struct {
	t    *testing.T
	root string
	in   driver.Driver
	d    *fault.Driver
	dir  driver.Folder
}

func newBench(t *testing.T, o fault.Options) *bench {
	t.Helper()
	b := &bench{t: t, root: t.TempDir()}
	b.in = openDisk(t, b.root)
	var err error
	if b.d, err = fault.WithPower(t.Context(), b.in, o); err != nil {
		t.Fatal(err)
	}
	b.dir = b.folder(b.d)
	t.Cleanup(func() { b.d.Kill(); b.in.Close() })
	return b
}

func (b *bench) folder(d driver.Driver) driver.Folder {
	b.t.Helper()
	o, err := d.Lookup(b.t.Context(), ".", driver.WantDir)
	b.must(err)
	defer o.Close()
	f, err := o.Folder()
	b.must(err)
	return f
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) stage(id, content string) driver.Stage {
	b.t.Helper()
	s, err := b.dir.Stage(b.t.Context(), driver.StageOptions{ID: id, Size: -1})
	b.must(err)
	_, err = s.WriteAt([]byte(content), 0)
	b.must(err)
	return s
}

// state reads all files of the inner storage.
func (b *bench) state() map[string]string {
	b.t.Helper()
	f := b.folder(b.in)
	defer f.Close()
	all := map[string]string{}
	for i, err := range f.Names(b.t.Context()) {
		b.must(err)
		o, err := f.Lookup(b.t.Context(), i.Name, driver.WantInfo)
		b.must(err)
		if i.Kind == driver.KindFile {
			r, err := o.Open()
			b.must(err)
			c, err := io.ReadAll(r)
			b.must(err)
			r.Close()
			all[i.Name] = string(c)
		} else {
			all[i.Name] = "/"
		}
		o.Close()
	}
	return all
}

func TestRules(t *testing.T) {
	b := newBench(t, fault.Options{})
	ctx := t.Context()
	full := fmt.Errorf("injected: %w", driver.ErrNoSpace)

	b.d.Add(fault.Rule{Op: fault.Write, Name: "a", Skip: 1, Err: full})
	s := b.stage("a", "1234")
	n, err := s.WriteAt([]byte("5678"), 4)
	if n != 2 || !errors.Is(err, driver.ErrNoSpace) {
		t.Errorf("wrote %d, %v; want half of it and no space", n, err)
	}
	if _, err = s.WriteAt([]byte("5678"), 4); err != nil {
		t.Errorf("the rule acts twice: %v", err)
	}

	b.d.Add(fault.Rule{Op: fault.Publish, Err: io.ErrUnexpectedEOF, Late: true})
	if _, err = s.Publish(ctx, b.dir, "f", driver.PublishOptions{}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("publish: %v", err)
	}
	if got := b.state()["f"]; got != "12345678" {
		t.Errorf("a late error undid the work: %q", got)
	}

	b.d.Add(fault.Rule{Op: fault.Mkdir, Count: -1, Err: io.EOF})
	for range 3 {
		if err = b.dir.Mkdir(ctx, "d"); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	}
	b.d.Clear()
	b.must(b.dir.Mkdir(ctx, "d"))
	if got := b.d.Calls(fault.Mkdir); got != 4 {
		t.Errorf("%d calls counted, want 4", got)
	}
}

func TestKillKeepsWhatWasWritten(t *testing.T) {
	b := newBench(t, fault.Options{})
	s := b.stage("a", "content")
	b.must(s.SaveJournal([]byte("journal"), false))
	b.d.Add(fault.Rule{Op: fault.Mkdir, Kill: true})
	if err := b.dir.Mkdir(t.Context(), "d"); !errors.Is(err, fault.ErrKilled) {
		t.Fatal(err)
	}
	if _, err := s.WriteAt([]byte("x"), 0); !errors.Is(err, fault.ErrKilled) {
		t.Fatal(err)
	}
	b.d.Kill()
	if n := b.d.Handles(); n != 0 {
		t.Errorf("%d handles are open after a kill", n)
	}
	again, err := b.in.OpenStage(t.Context(), "a")
	b.must(err)
	j, err := again.Journal()
	b.must(err)
	if string(j) != "journal" {
		t.Errorf("journal %q", j)
	}
	b.must(again.Discard())
	if len(b.state()) != 0 {
		t.Error("the folder was made after the kill")
	}
}

// TestPowerLoss plays the steps of a commit and cuts the power after each of them, many times.
func TestPowerLoss(t *testing.T) {
	old, fresh := strings.Repeat("o", 10_000), strings.Repeat("n", 12_000)
	steps := []string{"write", "sync content", "publish", "sync folder"}
	for _, anyOrder := range []bool{false, true} {
		for last := range len(steps) {
			seen := map[string]int{}
			for seed := range uint64(30) {
				b := newBench(t, fault.Options{AnyOrder: anyOrder})
				s := b.stage("old", old)
				_, err := s.Publish(t.Context(), b.dir, "f", driver.PublishOptions{})
				b.must(err)
				b.must(b.d.SyncAll(t.Context()))
				s = b.stage("new", fresh)
				for _, step := range steps[:last+1] {
					switch step {
					case "sync content":
						b.must(s.Sync(t.Context()))
					case "publish":
						_, err := s.Publish(t.Context(), b.dir, "f", driver.PublishOptions{})
						b.must(err)
					case "sync folder":
						b.must(b.dir.Sync(t.Context()))
					}
				}
				b.must(b.d.PowerLoss(t.Context(), rand.New(rand.NewPCG(seed, 1))))
				switch b.state()["f"] {
				case old:
					seen["old"]++
				case fresh:
					seen["new"]++
				default:
					seen["damaged"]++
				}
			}
			wantNew, wantOld := last >= 2, last < 3
			if seen["damaged"] > 0 || (seen["new"] > 0) != wantNew || (seen["old"] > 0) != wantOld {
				t.Errorf("cut after %q (any order: %v): %v", steps[last], anyOrder, seen)
			}
		}
	}
}

// TestPowerLossDamagesWhatWasNotSynced: a rename that outlives its content must come up.
func TestPowerLossDamagesWhatWasNotSynced(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(60) {
		b := newBench(t, fault.Options{})
		s := b.stage("new", strings.Repeat("n", 12_000))
		_, err := s.Publish(t.Context(), b.dir, "f", driver.PublishOptions{})
		b.must(err)
		b.must(b.d.PowerLoss(t.Context(), rand.New(rand.NewPCG(seed, 2))))
		got, there := b.state()["f"]
		switch {
		case !there:
			seen["nothing"] = true
		case got == strings.Repeat("n", 12_000):
			seen["all"] = true
		case got == "":
			seen["empty"] = true
		case strings.Contains(got, "\x00"):
			seen["holes"] = true
		}
	}
	for _, want := range []string{"nothing", "all", "empty", "holes"} {
		if !seen[want] {
			t.Errorf("%q never came up: %v", want, seen)
		}
	}
}

func TestPowerLossOfJournals(t *testing.T) {
	seen := map[string]bool{}
	for seed := range uint64(40) {
		b := newBench(t, fault.Options{})
		s := b.stage("a", "content")
		b.must(s.SaveJournal([]byte("1"), true))
		b.must(s.SaveJournal([]byte("2"), true))
		b.must(s.SaveJournal([]byte("3"), false))
		b.must(s.SaveJournal([]byte("4"), false))
		b.must(b.d.PowerLoss(t.Context(), rand.New(rand.NewPCG(seed, 3))))
		again, err := b.in.OpenStage(t.Context(), "a")
		b.must(err)
		j, err := again.Journal()
		b.must(err)
		seen[string(j)] = true
		b.must(again.Close())
	}
	if seen["1"] || !seen["2"] || !seen["3"] || !seen["4"] {
		t.Errorf("journals %v", seen)
	}
}

func TestPowerLossOfNames(t *testing.T) {
	for seed := range uint64(40) {
		b := newBench(t, fault.Options{})
		ctx := t.Context()
		for _, n := range []string{"a", "b", "c"} {
			b.must(b.dir.Mkdir(ctx, n))
		}
		b.must(b.dir.Sync(ctx))
		b.must(b.dir.Rename(ctx, "a", b.dir, "d", true))
		b.must(b.dir.Remove(ctx, "b"))
		b.must(b.dir.Mkdir(ctx, "e"))
		b.must(b.d.PowerLoss(ctx, rand.New(rand.NewPCG(seed, 4))))
		got := fmt.Sprint(b.state())
		switch got {
		case "map[a:/ b:/ c:/]", "map[b:/ c:/ d:/]", "map[c:/ d:/]", "map[c:/ d:/ e:/]":
		default:
			t.Errorf("names in another order than they were made: %v", got)
		}
	}
}
