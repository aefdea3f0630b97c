package drivertest

import (
	"io/fs"
	"os"
	"path/filepath"

	"portico/backend/vfs/driver"
)

var linkCases = []testCase{
	{"links/inside are followed", func(k *kit) {
		k.host(".")
		k.put(k.mkdir(k.mkdir(k.root, "a"), "b"), "f", "hello")
		for name, to := range map[string]string{
			"rel": "a/b/f", "abs": k.host("a/b/f"), "up": "a/b/../b/f", "dir": "a/b", "absdir": k.host("a"),
			"abs-up": k.host("a") + "/../a/b/f", "chain": "rel", "chain2": "chain", "self-up": "../" + filepath.Base(k.host(".")) + "/a/b/f",
		} {
			k.symlink(to, name)
		}
		for name, real := range map[string]string{
			"rel": "a/b/f", "abs": "a/b/f", "up": "a/b/f", "dir/f": "a/b/f", "absdir/b/f": "a/b/f", "abs-up": "a/b/f",
			"chain": "a/b/f", "chain2": "a/b/f", "self-up": "a/b/f",
		} {
			o := k.lookup(name, driver.WantRead)
			got, outside := o.Real()
			k.eq(got, real, "real name of "+name)
			k.eq(outside, false, "outside")
			k.eq(o.Info().Linked, true, "linked: "+name)
			k.eq(o.Info().Size, 5, "size")
			s, err := readObject(o)
			k.must(err)
			k.eq(s, "hello", "content")
		}
		e := k.entry(k.root, "abs")
		k.eq(e.Kind, driver.KindFile, "kind of a listed link")
		k.eq(e.Linked, true, "linked")
		k.eq(k.entry(k.root, "dir").Kind, driver.KindFolder, "kind of a listed link")
		o := k.lookup("rel", driver.WantNoFollow)
		k.eq(o.Info().Kind, driver.KindLink, "kind, not followed")
		real, _ := o.Real()
		k.eq(real, "rel", "real name, not followed")
		real, _ = k.lookup("dir/f", driver.WantNoFollow).Real()
		k.eq(real, "a/b/f", "real name, only the last one not followed")
		k.put(k.folder("dir"), "g", "through a linked folder")
		k.eq(k.get("a/b/g"), "through a linked folder", "content")
	}},
	{"links/outside are shown and not followed", func(k *kit) {
		k.host(".")
		outside := k.t.TempDir()
		k.must(os.WriteFile(filepath.Join(outside, "secret"), []byte("s"), 0o644))
		k.must(os.Mkdir(filepath.Join(outside, "dir"), 0o755))
		k.mkdir(k.root, "a")
		rel, err := filepath.Rel(k.host("a"), outside)
		k.must(err)
		k.symlink(filepath.Join(outside, "secret"), "abs")
		k.symlink(rel+"/secret", "a/rel")
		k.symlink(outside, "dir")
		k.symlink("/", "slash")
		k.symlink("/proc/self/root", "magic")
		k.symlink("/proc/self/fd/0", "fd")
		k.symlink("..", "up")
		k.symlink(k.host(".")+"-sibling", "sibling")
		k.must(os.MkdirAll(k.host(".")+"-sibling", 0o755))
		k.t.Cleanup(func() { os.RemoveAll(k.host(".") + "-sibling") })
		for _, n := range []string{"abs", "a/rel", "dir", "slash", "magic", "fd", "up", "sibling"} {
			o := k.lookup(n, driver.WantInfo)
			k.eq(o.Info().Kind, driver.KindLink, "kind of "+n)
			real, out := o.Real()
			k.eq(real, n, "real name")
			k.eq(out, false, "outside")
			for _, w := range []driver.Want{driver.WantRead, driver.WantDir} {
				_, err := k.d.Lookup(k.ctx, n, w)
				k.is(err, driver.ErrOutside, fs.ErrNotExist)
			}
		}
		for _, n := range []string{"dir/secret", "slash/etc/passwd", "up/x", "magic/etc/passwd", "dir/dir"} {
			k.unreachable(n)
		}
		k.eq(k.entry(k.root, "abs").Kind, driver.KindLink, "kind of a listed link")
		k.eq(k.entry(k.root, "slash").Kind, driver.KindLink, "kind of a listed link")
	}},
	{"links/broken ones are shown and can be removed", func(k *kit) {
		k.host(".")
		k.symlink("nowhere", "broken")
		k.symlink("loop2", "loop1")
		k.symlink("loop1", "loop2")
		k.symlink(k.host("absloop"), "absloop")
		for _, n := range []string{"broken", "loop1", "absloop"} {
			k.eq(k.entry(k.root, n).Kind, driver.KindLink, "kind of "+n)
			k.eq(k.lookup(n, driver.WantInfo).Info().Kind, driver.KindLink, "kind of "+n)
			_, err := k.d.Lookup(k.ctx, n, driver.WantRead)
			k.is(err, fs.ErrNotExist)
			_, err = k.d.Lookup(k.ctx, n+"/x", driver.WantInfo)
			k.is(err, fs.ErrNotExist)
			k.must(k.root.Remove(k.ctx, n))
		}
		k.lists(k.root, "loop2")
	}},
	{"links/are replaced, renamed and removed themselves", func(k *kit) {
		k.host(".")
		k.put(k.mkdir(k.root, "a"), "f", "target")
		k.symlink("a/f", "l")
		k.symlink("a", "d")
		if k.d.Caps().AppendInPlace {
			_, err := k.root.OpenAppend(k.ctx, "l")
			k.is(err, driver.ErrKind)
		}
		k.put(k.root, "l", "new")
		k.eq(k.get("a/f"), "target", "content of the target")
		k.eq(k.get("l"), "new", "content")
		k.eq(k.lookup("l", driver.WantNoFollow).Info().Kind, driver.KindFile, "kind")
		k.must(k.root.Rename(k.ctx, "d", k.root, "e", true))
		k.eq(k.lookup("e", driver.WantNoFollow).Info().Kind, driver.KindLink, "kind")
		k.must(k.root.Remove(k.ctx, "e"))
		k.lists(k.root, "a", "l")
		k.eq(k.get("a/f"), "target", "content of the target")
		attic, err := k.root.Attic(k.ctx, "versions")
		k.must(err)
		k.later(attic)
		k.symlink("a/f", "m")
		s := k.stage(k.root, "newer")
		_, err = s.Publish(k.ctx, k.root, "m", driver.PublishOptions{KeepIn: attic, KeepAs: "v"})
		k.must(err)
		k.eq(k.get("m")+k.get("a/f"), "newertarget", "contents")
	}},
}
