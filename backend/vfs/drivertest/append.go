package drivertest

import (
	"io"
	"io/fs"
	"os"

	"portico/backend/vfs/driver"
)

func (k *kit) appender(base string) driver.Appender {
	k.t.Helper()
	k.need(k.d.Caps().AppendInPlace, "appending in place")
	a, err := k.root.OpenAppend(k.ctx, base)
	k.must(err)
	k.later(a)
	return a
}

var appendCases = []testCase{
	{"append/in place", func(k *kit) {
		old := k.put(k.root, "log", "one\n")
		a := k.appender("log")
		k.eq(a.OldSize(), 4, "old size")
		_, err := io.WriteString(a, "two\n")
		k.must(err)
		k.must(a.Sync(k.ctx))
		k.eq(k.get("log"), "one\ntwo\n", "content")
		i, err := a.Info()
		k.must(err)
		k.eq(i, k.entry(k.root, "log"), "Info")
		if i.Version == old.Version {
			k.t.Error("the version is still the same")
		}
		k.must(a.Close())
	}},
	{"append/rollback", func(k *kit) {
		k.put(k.root, "log", "one\n")
		a := k.appender("log")
		_, err := io.WriteString(a, "two\nthree\n")
		k.must(err)
		k.must(a.Rollback())
		k.eq(k.get("log"), "one\n", "content")
		_, err = io.WriteString(a, "2\n")
		k.must(err)
		k.must(a.Close())
		k.eq(k.get("log"), "one\n2\n", "content")
	}},
	{"append/only to plain files", func(k *kit) {
		k.need(k.d.Caps().AppendInPlace, "appending in place")
		k.mkdir(k.root, "d")
		_, err := k.root.OpenAppend(k.ctx, "d")
		k.is(err, driver.ErrKind)
		_, err = k.root.OpenAppend(k.ctx, "none")
		k.is(err, fs.ErrNotExist)
	}},
	{"append/not to content with several names", func(k *kit) {
		k.need(k.d.Caps().AppendInPlace, "appending in place")
		k.put(k.root, "f", "x")
		if err := os.Link(k.host("f"), k.host("g")); err != nil {
			k.t.Skip("no hard links here: ", err)
		}
		_, err := k.root.OpenAppend(k.ctx, "f")
		k.is(err, driver.ErrKind)
	}},
}
