package drivertest

import (
	"io/fs"

	"portico/backend/vfs/driver"
)

// limited opens a small volume, or skips the case.
func (k *kit) limited(bytes int64) {
	k.t.Helper()
	l, ok := k.h.(Limiter)
	if !ok {
		k.t.Skip("this volume cannot be made small")
	}
	h := l.Limited(k.t, bytes)
	if h == nil {
		k.t.Skip("a small volume cannot be made here")
	}
	k.close()
	k.h = h
	k.open()
}

var spaceCases = []testCase{
	{"space/a full disk says so and keeps what was there", func(k *kit) {
		k.limited(4 << 20)
		k.put(k.root, "f", "old")
		s := k.stage(k.root, "start")
		var err error
		off := int64(5)
		for err == nil && off < 64<<20 {
			_, err = s.WriteAt(make([]byte, 64<<10), off)
			off += 64 << 10
		}
		k.is(err, driver.ErrNoSpace)
		k.eq(k.get("f"), "old", "content")
		k.lists(k.root, "f")
		k.must(s.Discard())
		k.put(k.root, "g", filled('x', 100_000))
		k.eq(len(k.get("g")), 100_000, "size")
	}},
	{"space/is asked for in advance", func(k *kit) {
		k.limited(4 << 20)
		k.need(k.d.Caps().LocalSpool, "local staging")
		s, err := k.root.Stage(k.ctx, driver.StageOptions{ID: "big", Size: 64 << 20})
		if err == nil {
			s.Discard()
			k.t.Fatal("sixteen times the disk was promised")
		}
		k.is(err, driver.ErrNoSpace)
		k.eq(k.stages(), []string{}, "stages")
		_, err = k.d.OpenStage(k.ctx, "big")
		k.is(err, fs.ErrNotExist)
	}},
	{"space/what was reserved and not used is given back", func(k *kit) {
		k.limited(8 << 20)
		before, _, err := k.d.Usage(k.ctx)
		k.must(err)
		s, err := k.root.Stage(k.ctx, driver.StageOptions{ID: "hint", Size: 4 << 20})
		k.must(err)
		k.write(s, "small", 0)
		_, err = s.Publish(k.ctx, k.root, "f", driver.PublishOptions{})
		k.must(err)
		after, _, err := k.d.Usage(k.ctx)
		k.must(err)
		if before-after > 1<<20 {
			k.t.Errorf("5 bytes took %d", before-after)
		}
	}},
	{"space/usage tells what is left", func(k *kit) {
		k.limited(4 << 20)
		free, total, err := k.d.Usage(k.ctx)
		k.must(err)
		if total == 0 {
			k.t.Skip("not known here")
		}
		if free > 5<<20 || total > 5<<20 {
			k.t.Errorf("free %d of %d", free, total)
		}
	}},
}
