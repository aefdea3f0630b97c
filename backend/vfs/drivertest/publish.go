package drivertest

import (
	"io/fs"

	"portico/backend/vfs/driver"
)

var publishCases = []testCase{
	{"publish/without replace", func(k *kit) {
		k.put(k.root, "f", "old")
		s := k.stage(k.root, "new")
		_, err := s.Publish(k.ctx, k.root, "f", driver.PublishOptions{NoReplace: true})
		k.is(err, fs.ErrExist)
		k.eq(k.get("f"), "old", "content")
		i, err := s.Publish(k.ctx, k.root, "g", driver.PublishOptions{NoReplace: true})
		k.must(err)
		k.eq(k.get("g"), "new", "content")
		k.eq(k.entry(k.root, "g"), i, "listed and published Info")
	}},
	{"publish/into another folder", func(k *kit) {
		a, b := k.mkdir(k.root, "a"), k.mkdir(k.root, "b")
		s := k.stage(a, "x")
		_, err := s.Publish(k.ctx, b, "f", driver.PublishOptions{})
		k.must(err)
		k.lists(a)
		k.eq(k.get("b/f"), "x", "content")
	}},
	{"publish/over a folder", func(k *kit) {
		k.mkdir(k.root, "d")
		s := k.stage(k.root, "x")
		_, err := s.Publish(k.ctx, k.root, "d", driver.PublishOptions{})
		k.is(err, driver.ErrKind)
		_, err = s.Publish(k.ctx, k.root, "d", driver.PublishOptions{NoReplace: true})
		k.is(err, fs.ErrExist)
		k.must(s.Discard())
	}},
	{"publish/keeps what it replaces", func(k *kit) {
		k.put(k.root, "f", "old")
		attic, err := k.root.Attic(k.ctx, "versions")
		k.must(err)
		k.later(attic)
		s := k.stage(k.root, "new")
		_, err = s.Publish(k.ctx, k.root, "f", driver.PublishOptions{KeepIn: attic, KeepAs: "v1"})
		k.must(err)
		k.eq(k.get("f"), "new", "content")
		k.lists(attic, "v1")
		o, err := attic.Lookup(k.ctx, "v1", driver.WantRead)
		k.must(err)
		k.later(o)
		got, err := readObject(o)
		k.must(err)
		k.eq(got, "old", "kept content")

		// A new name has nothing to keep; a taken attic name changes nothing.
		s = k.stage(k.root, "fresh")
		_, err = s.Publish(k.ctx, k.root, "g", driver.PublishOptions{KeepIn: attic, KeepAs: "v2"})
		k.must(err)
		k.lists(attic, "v1")
		s = k.stage(k.root, "newest")
		_, err = s.Publish(k.ctx, k.root, "f", driver.PublishOptions{KeepIn: attic, KeepAs: "v1"})
		k.is(err, fs.ErrExist)
		k.eq(k.get("f"), "new", "content")
		k.must(s.Discard())
		k.lists(attic, "v1")
	}},
	{"publish/a failed one keeps nothing in the attic", func(k *kit) {
		k.put(k.root, "f", "old")
		attic, err := k.root.Attic(k.ctx, "versions")
		k.must(err)
		k.later(attic)
		s := k.stage(k.root, "new")
		_, err = s.Publish(k.ctx, k.root, "f", driver.PublishOptions{NoReplace: true, KeepIn: attic, KeepAs: "v1"})
		k.is(err, fs.ErrExist)
		k.lists(attic)
		k.write(s, "er", 3)
		_, err = s.Publish(k.ctx, k.root, "f", driver.PublishOptions{KeepIn: attic, KeepAs: "v1"})
		k.must(err)
		k.eq(k.get("f"), "newer", "content")
	}},
	{"publish/empty content", func(k *kit) {
		i := k.put(k.root, "f", "")
		k.eq(i.Size, 0, "size")
		k.eq(k.get("f"), "", "content")
	}},
}
