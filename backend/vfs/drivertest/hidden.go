package drivertest

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"portico/backend/vfs/driver"
)

var hiddenCases = []testCase{
	{"hidden/no name reaches the staging place", func(k *kit) {
		s := k.stage(k.root, "pending")
		defer s.Discard()
		k.put(k.root, "f", "x")
		k.lists(k.root, "f")
		places := k.places()
		for _, p := range places {
			for _, n := range spellings(p) {
				k.unreachable(n)
			}
			k.unreachable(p + "/" + s.ID())
			k.unreachable(p + "/../" + path.Base(p))
		}
		if len(places) == 0 && k.h.Folder() != "" {
			k.t.Error("no staging place was found on the disk: this case tests nothing")
		}
	}},
	{"hidden/not through links", func(k *kit) {
		s := k.stage(k.root, "pending")
		defer s.Discard()
		for i, p := range k.places() {
			name := "link" + string(rune('a'+i))
			k.symlink(p, name)
			k.symlink(filepath.Join(k.host("."), p), "abs"+name)
			for _, n := range []string{name, "abs" + name} {
				k.eq(k.entry(k.root, n).Kind, driver.KindLink, "kind of a link to the place")
				for _, w := range []driver.Want{driver.WantDir, driver.WantRead} {
					_, err := k.d.Lookup(k.ctx, n, w)
					k.is(err, fs.ErrNotExist, driver.ErrOutside)
				}
				k.unreachable(n + "/" + s.ID())
			}
		}
	}},
	{"hidden/its names are refused", func(k *kit) {
		s := k.stage(k.root, "pending")
		defer s.Discard()
		k.put(k.root, "ok", "x")
		for _, p := range k.places() {
			if strings.Contains(p, "/") {
				continue
			}
			for _, n := range []string{p, strings.ToUpper(p)} {
				k.is(k.root.Mkdir(k.ctx, n), driver.ErrName)
				k.is(k.root.Rename(k.ctx, "ok", k.root, n, false), driver.ErrName)
				w := k.stage(k.root, "x")
				_, err := w.Publish(k.ctx, k.root, n, driver.PublishOptions{})
				k.is(err, driver.ErrName)
				k.must(w.Discard())
			}
			k.is(k.root.Remove(k.ctx, p), fs.ErrNotExist, driver.ErrName)
			k.is(k.root.Rename(k.ctx, p, k.root, "mine", true), fs.ErrNotExist, driver.ErrName)
			k.is(k.root.SetTimes(k.ctx, p, someTime), fs.ErrNotExist, driver.ErrName)
		}
		k.eq(k.stillThere(s), true, "stage")
	}},
	{"hidden/the leftover of another instance is neither shown nor touched", func(k *kit) {
		s := k.stage(k.root, "pending")
		k.must(s.Close())
		left := false
		for _, p := range k.places() {
			other := filepath.Join(k.host(p), "another-instance", "stage")
			k.must(os.MkdirAll(other, 0o700))
			k.must(os.WriteFile(filepath.Join(other, "theirs"), []byte("x"), 0o600))
			left = true
			break // only the outermost
		}
		if !left {
			k.t.Skip("no staging place on a disk")
		}
		k.reopen()
		k.lists(k.root)
		k.eq(k.stages(), []string{s.ID()}, "stages")
		_, err := k.d.OpenStage(k.ctx, "theirs")
		k.is(err, fs.ErrNotExist)
		k.unreachable(k.places()[0] + "/another-instance/stage/theirs")
		_, err = os.Stat(filepath.Join(k.host(k.places()[0]), "another-instance", "stage", "theirs"))
		k.must(err)
	}},
}

func (k *kit) stillThere(s driver.Stage) bool {
	n, err := s.Size()
	return err == nil && n > 0
}

// unreachable insists that a name finds nothing, whatever is wanted.
func (k *kit) unreachable(name string) {
	k.t.Helper()
	for _, w := range []driver.Want{driver.WantInfo, driver.WantRead, driver.WantDir, driver.WantNoFollow} {
		o, err := k.d.Lookup(k.ctx, name, w)
		if err == nil {
			o.Close()
			k.t.Fatalf("%q was found", name)
		}
		k.is(err, fs.ErrNotExist, driver.ErrName, driver.ErrOutside)
	}
}

// places lists what lies on the disk and is not shown, outermost first: the staging place, seen from
// the host.
func (k *kit) places() []string {
	k.t.Helper()
	if k.h.Folder() == "" {
		return nil
	}
	shown := map[string]bool{}
	for _, n := range k.list(k.root) {
		shown[n] = true
	}
	var all []string
	err := filepath.WalkDir(k.host("."), func(p string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(k.host("."), p)
		if err != nil || rel == "." {
			return err
		}
		rel = filepath.ToSlash(rel)
		top, _, _ := strings.Cut(rel, "/")
		if !shown[top] && e.IsDir() {
			all = append(all, rel)
		}
		return nil
	})
	k.must(err)
	return all
}

// litter lists the files of stages and journals that lie on the disk.
func (k *kit) litter() []string {
	all := []string{}
	for _, p := range k.places() {
		if path.Base(p) != "stage" {
			continue
		}
		l, err := os.ReadDir(k.host(p))
		k.must(err)
		for _, e := range l {
			all = append(all, e.Name())
		}
	}
	return all
}

// spellings are other ways to write a name.
func spellings(p string) []string {
	return []string{p, strings.ToUpper(p), p + "/", "./" + p, p + "/.", strings.ReplaceAll(p, "/", "//"), p + ".", p + " ", p + "::$INDEX_ALLOCATION"}
}
