package drivertest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"sync"
	"sync/atomic"

	"portico/backend/vfs/driver"
)

var raceCases = []testCase{
	{"race/readers see old or new, and the name never vanishes", func(k *kit) {
		k.need(k.d.Caps().AtomicReplace, "atomic replacement")
		const size = 200_000
		k.put(k.root, "f", filled('a', size))
		attic, err := k.root.Attic(k.ctx, "versions")
		k.must(err)
		k.later(attic)
		var stop atomic.Bool
		var wg sync.WaitGroup
		var reads atomic.Int64
		faults := make(chan error, 8)
		for range 4 {
			wg.Go(func() {
				for !stop.Load() {
					s, err := read(k.ctx, k.d, "f")
					if err == nil && (len(s) != size || strings.Count(s, s[:1]) != size) {
						err = errors.New("a mix of two contents was read")
					}
					if err != nil {
						faults <- err
						return
					}
					reads.Add(1)
				}
			})
		}
		for i := 0; (i < 60 || reads.Load() < 50) && len(faults) == 0; i++ {
			s := k.stage(k.root, filled(byte('a'+i%20), size))
			o := driver.PublishOptions{}
			if i%3 == 0 {
				o = driver.PublishOptions{KeepIn: attic, KeepAs: fmt.Sprint(i)}
			}
			for {
				_, err = s.Publish(k.ctx, k.root, "f", o)
				if !errors.Is(err, driver.ErrBusy) { // Windows: a reader is in the way
					break
				}
			}
			if err != nil {
				faults <- err
			}
		}
		stop.Store(true)
		wg.Wait()
		close(faults)
		for err := range faults {
			k.t.Error(err)
		}
	}},
	{"race/sixteen publish one new name", func(k *kit) {
		k.need(k.d.Caps().NoReplace, "atomic refusal of existing names")
		for round := range 10 {
			name := fmt.Sprint("f", round)
			const n = 16
			var stages [n]driver.Stage
			for i := range stages {
				stages[i] = k.stage(k.root, fmt.Sprint(i))
			}
			var wg sync.WaitGroup
			var errs [n]error
			start := make(chan struct{})
			for i, s := range stages {
				wg.Go(func() {
					<-start
					_, errs[i] = s.Publish(k.ctx, k.root, name, driver.PublishOptions{NoReplace: true})
				})
			}
			close(start)
			wg.Wait()
			winner := -1
			for i, err := range errs {
				switch {
				case err == nil && winner >= 0:
					k.t.Fatal("two writers won")
				case err == nil:
					winner = i
				default:
					k.is(err, fs.ErrExist)
					k.must(stages[i].Discard())
				}
			}
			k.eq(k.get(name), winner, "content")
		}
		k.eq(k.litter(), []string{}, "files left")
	}},
	{"race/a folder that becomes a link never shows what is outside", func(k *kit) {
		outside := k.t.TempDir()
		k.must(os.WriteFile(outside+"/secret", []byte("outside"), 0o644))
		in := k.mkdir(k.root, "d")
		k.put(in, "secret", "inside")
		k.put(in, "other", "inside")
		k.symlink(outside, "link")
		host := []string{k.host("d"), k.host("link"), k.host("away")}
		var stop atomic.Bool
		var wg sync.WaitGroup
		wg.Go(func() {
			for !stop.Load() {
				os.Rename(host[0], host[2])
				os.Rename(host[1], host[0])
				os.Rename(host[0], host[1])
				os.Rename(host[2], host[0])
			}
		})
		seen := 0
		for i := 0; i < 3000 || seen == 0 && i < 100_000; i++ {
			if s, err := read(k.ctx, k.d, "d/secret"); err == nil {
				seen++
				if s != "inside" {
					stop.Store(true)
					wg.Wait()
					k.t.Fatalf("read %q", s)
				}
			}
			if i%10 == 0 {
				k.raceWrites(&stop, &wg)
			}
		}
		stop.Store(true)
		wg.Wait()
		if seen == 0 {
			k.t.Error("the file was never read")
		}
		l, err := os.ReadDir(outside)
		k.must(err)
		if len(l) != 1 {
			k.t.Errorf("something was written outside: %v", l)
		}
	}},
}

// raceWrites tries to write through the name that sometimes is a link to the outside.
func (k *kit) raceWrites(stop *atomic.Bool, wg *sync.WaitGroup) {
	o, err := k.d.Lookup(k.ctx, "d", driver.WantDir)
	if err != nil {
		return
	}
	defer o.Close()
	f, err := o.Folder()
	if err != nil {
		return
	}
	defer f.Close()
	s, err := f.Stage(k.ctx, driver.StageOptions{ID: k.id(), Size: -1})
	if err != nil {
		return
	}
	s.WriteAt([]byte("x"), 0)
	if _, err = s.Publish(k.ctx, f, "new", driver.PublishOptions{}); err != nil {
		s.Discard()
	}
	f.Mkdir(k.ctx, "newdir")
	f.Remove(k.ctx, "newdir")
}
