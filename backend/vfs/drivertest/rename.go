package drivertest

import (
	"io/fs"
	"os"
	"sync"

	"portico/backend/vfs/driver"
)

var renameCases = []testCase{
	{"rename/file", func(k *kit) {
		a := k.mkdir(k.root, "a")
		k.put(k.root, "f", "x")
		k.put(a, "g", "y")
		k.must(k.root.Rename(k.ctx, "f", a, "h", true))
		k.lists(k.root, "a")
		k.eq(k.get("a/h"), "x", "content")
		k.is(a.Rename(k.ctx, "g", a, "h", true), fs.ErrExist)
		k.eq(k.get("a/g")+k.get("a/h"), "yx", "contents")
		k.must(a.Rename(k.ctx, "g", a, "h", false))
		k.lists(a, "h")
		k.eq(k.get("a/h"), "y", "content")
		k.is(a.Rename(k.ctx, "none", a, "h", false), fs.ErrNotExist)
		k.is(a.Rename(k.ctx, "none", a, "new", true), fs.ErrNotExist)
		k.must(a.Rename(k.ctx, "h", a, "h", true))
		k.eq(k.get("a/h"), "y", "content")
	}},
	{"rename/folder", func(k *kit) {
		a := k.mkdir(k.root, "a")
		k.put(a, "f", "x")
		err := k.root.Rename(k.ctx, "a", k.root, "b", true)
		if !k.d.Caps().RenameTree {
			k.is(err, driver.ErrKind)
			k.eq(k.get("a/f"), "x", "content")
			return
		}
		k.must(err)
		k.eq(k.get("b/f"), "x", "content")
		k.lists(k.root, "b")
		k.mkdir(k.root, "c")
		k.is(k.root.Rename(k.ctx, "c", k.root, "b", true), fs.ErrExist)
		k.is(k.root.Rename(k.ctx, "c", k.root, "b", false), driver.ErrNotEmpty, fs.ErrExist)
		k.is(k.root.Rename(k.ctx, "b", k.folder("b"), "in itself", true), driver.ErrKind)
		k.put(k.root, "file", "y")
		k.is(k.root.Rename(k.ctx, "file", k.root, "b", false), driver.ErrKind, fs.ErrExist)
		k.is(k.root.Rename(k.ctx, "b", k.root, "file", false), driver.ErrKind, fs.ErrExist)
		k.lists(k.root, "b", "c", "file")
	}},
	{"rename/two names of one file", func(k *kit) {
		k.put(k.root, "a", "x")
		if err := os.Link(k.host("a"), k.host("b")); err != nil {
			k.t.Skip("no hard links here: ", err)
		}
		k.is(k.root.Rename(k.ctx, "a", k.root, "b", true), fs.ErrExist)
		k.must(k.root.Rename(k.ctx, "a", k.root, "b", false))
		k.lists(k.root, "b")
	}},
	{"rename/sixteen to one name", func(k *kit) {
		k.need(k.d.Caps().NoReplace, "atomic refusal of existing names")
		const n = 16
		names := make([]string, n)
		for i := range names {
			names[i] = string(rune('a' + i))
			k.put(k.root, names[i], names[i])
		}
		var wg sync.WaitGroup
		won := make([]bool, n)
		for i := range n {
			wg.Go(func() { won[i] = k.root.Rename(k.ctx, names[i], k.root, "target", true) == nil })
		}
		wg.Wait()
		winner := ""
		for i, w := range won {
			if w && winner != "" {
				k.t.Fatal("two renames won")
			}
			if w {
				winner = names[i]
			}
		}
		k.eq(k.get("target"), winner, "content")
		k.eq(len(k.list(k.root)), n, "names left")
	}},
	{"rename/another driver", func(k *kit) {
		k.put(k.root, "f", "x")
		k.is(k.root.Rename(k.ctx, "f", foreign{}, "f", true), driver.ErrOtherStorage)
		s := k.stage(k.root, "x")
		_, err := s.Publish(k.ctx, foreign{}, "f", driver.PublishOptions{})
		k.is(err, driver.ErrOtherStorage)
		k.must(s.Discard())
	}},
}

// foreign is a folder of some other driver.
type foreign struct{ driver.Folder }
