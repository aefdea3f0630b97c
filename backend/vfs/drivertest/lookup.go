package drivertest

import (
	"io/fs"

	"portico/backend/vfs/driver"
)

var lookupCases = []testCase{
	{"lookup/root", func(k *kit) {
		o := k.lookup(".", driver.WantInfo)
		k.eq(o.Info().Kind, driver.KindFolder, "kind of the root")
		k.eq(o.Info().Name, "", "name of the root")
		real, outside := o.Real()
		k.eq(real, ".", "real name of the root")
		k.eq(outside, false, "outside")
	}},
	{"lookup/file", func(k *kit) {
		put := k.put(k.mkdir(k.root, "a"), "b.txt", "hello")
		o := k.lookup("a/b.txt", driver.WantRead)
		k.eq(o.Info(), put, "looked up and published Info")
		k.eq(o.Info().Size, 5, "size")
		k.eq(o.Info().Kind, driver.KindFile, "kind")
		k.eq(k.entry(k.folder("a"), "b.txt"), put, "listed and published Info")
		real, _ := o.Real()
		k.eq(real, "a/b.txt", "real name")
		if v := o.Info().Version; v == "" || len(v) > 40 {
			k.t.Errorf("version %q", v)
		}
		got, err := readObject(o)
		k.must(err)
		k.eq(got, "hello", "content")
		_, err = o.Open()
		k.is(err, fs.ErrClosed)
	}},
	{"lookup/kinds", func(k *kit) {
		k.put(k.mkdir(k.root, "a"), "b", "x")
		for name, want := range map[string]map[driver.Want]error{
			"a":     {driver.WantRead: driver.ErrKind},
			"a/b":   {driver.WantDir: driver.ErrKind},
			"a/b/c": {driver.WantInfo: fs.ErrNotExist, driver.WantRead: fs.ErrNotExist, driver.WantNoFollow: fs.ErrNotExist},
			"c":     {driver.WantInfo: fs.ErrNotExist, driver.WantDir: fs.ErrNotExist},
			"c/d":   {driver.WantInfo: fs.ErrNotExist},
		} {
			for w, e := range want {
				_, err := k.d.Lookup(k.ctx, name, w)
				k.is(err, e)
			}
		}
		_, err := k.root.Lookup(k.ctx, "a", driver.WantRead)
		k.is(err, driver.ErrKind)
		_, err = k.root.Lookup(k.ctx, "c", driver.WantInfo)
		k.is(err, fs.ErrNotExist)
	}},
	{"lookup/of what was replaced reads the old content", func(k *kit) {
		k.put(k.root, "a", "old")
		o := k.lookup("a", driver.WantRead)
		k.put(k.root, "a", "newer")
		k.eq(o.Info().Size, 3, "size")
		got, err := readObject(o)
		if k.d.Caps().LocalSpool {
			k.must(err)
		}
		if err == nil {
			k.eq(got, "old", "content of the handle")
		}
	}},
	{"lookup/version changes with content", func(k *kit) {
		a := k.put(k.root, "a", "one")
		b := k.put(k.root, "a", "two")
		if a.Version == b.Version {
			k.t.Error("another content has the same version")
		}
		k.eq(k.lookup("a", driver.WantInfo).Info().Version, b.Version, "version")
	}},
	{"lookup/a foreign write is seen", func(k *kit) {
		a := k.put(k.root, "a", "one")
		k.hostWrite("a", "longer")
		o := k.lookup("a", driver.WantRead)
		if o.Info().Version == a.Version {
			k.t.Error("the version is still the same")
		}
		k.eq(k.get("a"), "longer", "content")
	}},
	{"lookup/usage", func(k *kit) {
		free, total, err := k.d.Usage(k.ctx)
		k.must(err)
		if total < 0 || free < 0 || total > 0 && free > total {
			k.t.Errorf("free %d of %d", free, total)
		}
	}},
}
