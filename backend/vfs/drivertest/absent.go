package drivertest

import (
	"io/fs"

	"portico/backend/vfs/driver"
)

func (k *kit) ejector() Ejector {
	k.t.Helper()
	e, ok := k.h.(Ejector)
	if !ok {
		k.t.Skip("this medium cannot be taken away")
	}
	return e
}

var absentCases = []testCase{
	{"absent/is said by every verb, and nothing is made meanwhile", func(k *kit) {
		e := k.ejector()
		s := k.stage(k.root, "pending")
		id := s.ID()
		k.must(s.Close())
		k.put(k.root, "f", "x")
		k.must(k.d.Check(k.ctx))
		for _, c := range k.toGo {
			c.Close()
		}
		k.toGo = nil
		e.Eject(k.t)
		k.is(k.d.Check(k.ctx), driver.ErrAbsent)
		for _, n := range []string{".", "f", "none"} {
			_, err := k.d.Lookup(k.ctx, n, driver.WantInfo)
			k.is(err, driver.ErrAbsent)
		}
		_, err := k.d.OpenStage(k.ctx, id)
		k.is(err, driver.ErrAbsent)
		for _, err := range k.d.Stages(k.ctx) {
			k.is(err, driver.ErrAbsent)
		}
		_, _, err = k.d.Usage(k.ctx)
		k.is(err, driver.ErrAbsent)
		e.Insert(k.t)
		k.must(k.d.Check(k.ctx))
		k.eq(k.get("f"), "x", "content")
		k.eq(k.stages(), []string{id}, "stages")
		k.root = k.folder(".")
		k.put(k.root, "g", "y")
		k.lists(k.root, "f", "g")
	}},
	{"absent/closed driver", func(k *kit) {
		d := k.h.Open(k.t)
		k.must(d.Close())
		_, err := d.Lookup(k.ctx, ".", driver.WantInfo)
		k.is(err, fs.ErrClosed)
		k.is(d.Check(k.ctx), fs.ErrClosed)
	}},
}
