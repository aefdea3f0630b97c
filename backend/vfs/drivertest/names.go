package drivertest

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"portico/backend/vfs/driver"
)

// hardNames are legal on every system.
var hardNames = []string{
	"Zo\u00eb.txt", "Zoe\u0308-2.txt", "\u0628\u200f\u0627.txt", "\u202etxt.exe", "日本語 ファイル", "🦊", "-rf", "#1 %41 &x=y;",
	"a b  c", "'quote'", "per%2fcent", "..a", "a..b", ".hidden", "\u00a0", strings.Repeat("x", 255), strings.Repeat("é", 127),
	"$(id)", "`id`", "~tilde", "f;rm", "\ufeffbom",
}

// unixNames are legal where only slash and NUL are not.
var unixNames = []string{
	"line\nbreak", "tab\there", "\x01\x1b[31m", "back\\slash", "a:b", "a*b?", "CON", "nul.txt", "trailing.", "trailing ", "<>|\"", "\xff\xfe", "x\xc3", "\x7f",
}

func (k *kit) goodNames() []string {
	if k.d.Caps().ReservedNames || runtime.GOOS == "windows" {
		return hardNames
	}
	return slices.Concat(hardNames, unixNames)
}

var nameCases = []testCase{
	{"names/hard ones survive every verb", func(k *kit) {
		for _, n := range k.goodNames() {
			if !utf8.ValidString(n) && k.textOnly() {
				continue
			}
			k.put(k.root, n, "1"+n)
			k.eq(k.get(n), "1"+n, "content")
			o := k.lookup(n, driver.WantInfo)
			k.eq(o.Info().Name, n, "name")
			real, _ := o.Real()
			k.eq(real, n, "real name")
			k.lists(k.root, n)
			k.must(k.root.Rename(k.ctx, n, k.root, "plain", true))
			k.must(k.root.Rename(k.ctx, "plain", k.root, n, true))
			k.must(k.root.Remove(k.ctx, n))
			in := k.mkdir(k.root, n)
			k.put(in, n, "2")
			k.eq(k.get(n+"/"+n), "2", "content below")
			k.must(in.Remove(k.ctx, n))
			k.must(k.root.Remove(k.ctx, n))
			k.lists(k.root)
		}
	}},
	{"names/composed and decomposed are what the storage says", func(k *kit) {
		k.put(k.root, "Zo\u00eb", "composed")
		_, err := k.d.Lookup(k.ctx, "Zoe\u0308", driver.WantInfo)
		if err == nil { // a storage that takes both for one name must say which one is stored
			o := k.lookup("Zoe\u0308", driver.WantInfo)
			real, _ := o.Real()
			k.eq(real, "Zo\u00eb", "real name")
			return
		}
		k.is(err, fs.ErrNotExist)
		k.put(k.root, "Zoe\u0308", "decomposed")
		k.eq(k.get("Zo\u00eb"), "composed", "content")
		k.lists(k.root, "Zo\u00eb", "Zoe\u0308")
	}},
	{"names/case", func(k *kit) {
		k.put(k.mkdir(k.root, "Private"), "File", "x")
		o, err := k.d.Lookup(k.ctx, "PRIVATE/fILE", driver.WantInfo)
		if !k.d.Caps().CaseFold {
			k.is(err, fs.ErrNotExist)
			return
		}
		k.must(err)
		defer o.Close()
		real, _ := o.Real()
		k.eq(real, "Private/File", "real name")
		k.eq(o.Info().Name, "File", "name")
		s := k.stage(k.folder("pRIVATE"), "y")
		_, err = s.Publish(k.ctx, k.folder("PRIVATE"), "FILE", driver.PublishOptions{NoReplace: true})
		k.is(err, fs.ErrExist)
		k.must(s.Discard())
		k.is(k.root.Mkdir(k.ctx, "private"), fs.ErrExist)
		k.must(k.folder("private").Rename(k.ctx, "file", k.folder("private"), "FILE", true)) // only the spelling changes
		k.lists(k.folder("private"), "FILE")
		if k.d.Caps().RenameTree {
			k.must(k.root.Rename(k.ctx, "private", k.root, "PRIVATE", true))
			k.lists(k.root, "PRIVATE")
		}
	}},
	{"names/bad ones are refused by every verb", func(k *kit) {
		k.put(k.root, "ok", "x")
		bad := []string{"", ".", "..", "a/b", "../ok", "/ok", "a\x00b", strings.Repeat("x", 256)}
		if k.d.Caps().ReservedNames {
			bad = append(bad, "CON", "con.txt", "Lpt1", "a:b", "ok::$DATA", "a*", "x.", "y ", "<", "\x01", "a\\b")
		}
		for _, n := range bad {
			k.badName(n)
		}
		k.lists(k.root, "ok")
	}},
	{"names/bad paths find nothing", func(k *kit) {
		k.put(k.mkdir(k.root, "a"), "f", "x")
		for _, n := range []string{"", "..", "../x", "a/../a/f", "/a", "a//f", "a/", "./a", "a/.", "a\x00", strings.Repeat("x", 300) + "/y"} {
			for _, w := range []driver.Want{driver.WantInfo, driver.WantRead, driver.WantDir, driver.WantNoFollow} {
				if o, err := k.d.Lookup(k.ctx, n, w); err == nil {
					o.Close()
					k.t.Errorf("%q was found", n)
				} else {
					k.is(err, driver.ErrName, fs.ErrNotExist)
				}
			}
		}
	}},
	{"names/a deep tree", func(k *kit) {
		f, name := k.root, "."
		depth := 60
		if !k.d.Caps().LocalSpool {
			depth = 30 // keys of object stores end at 1,024 bytes
		}
		for range depth {
			seg := strings.Repeat("d", 30)
			f = k.mkdir(f, seg)
			name = strings.TrimPrefix(name+"/"+seg, "./")
		}
		k.put(f, "leaf", "deep")
		k.eq(k.get(name+"/leaf"), "deep", "content")
		real, _ := k.lookup(name+"/leaf", driver.WantInfo).Real()
		k.eq(real, name+"/leaf", "real name")
	}},
	{"names/what is no text is shown as it is", func(k *kit) {
		if runtime.GOOS != "linux" {
			k.t.Skip("this system stores text only")
		}
		k.host(".")
		k.need(!k.d.Caps().ReservedNames, "names that are no text")
		k.must(os.WriteFile(k.host("\xe9t\xe9"), []byte("latin"), 0o644))
		k.lists(k.root, "\xe9t\xe9")
		k.eq(k.get("\xe9t\xe9"), "latin", "content")
		k.must(k.root.Remove(k.ctx, "\xe9t\xe9"))
		k.lists(k.root)
	}},
}

// textOnly reports whether names must be valid text here; then others must be refused in words.
func (k *kit) textOnly() bool {
	k.t.Helper()
	err := k.root.Mkdir(k.ctx, "\xff")
	if err == nil {
		k.must(k.root.Remove(k.ctx, "\xff"))
		return false
	}
	k.is(err, driver.ErrName)
	return true
}

// badName insists that nothing accepts n as one segment.
func (k *kit) badName(n string) {
	k.t.Helper()
	bad := func(what string, err error) {
		k.t.Helper()
		if !errors.Is(err, driver.ErrName) {
			k.t.Errorf("%s %.40q: %v, want %v", what, n, err, driver.ErrName)
		}
	}
	bad("mkdir", k.root.Mkdir(k.ctx, n))
	bad("rename to", k.root.Rename(k.ctx, "ok", k.root, n, true))
	bad("replace", k.root.Rename(k.ctx, "ok", k.root, n, false))
	s := k.stage(k.root, "x")
	_, err := s.Publish(k.ctx, k.root, n, driver.PublishOptions{})
	bad("publish", err)
	_, err = s.Publish(k.ctx, k.root, n, driver.PublishOptions{NoReplace: true})
	bad("publish", err)
	k.must(s.Discard())
	old := func(what string, err error) {
		k.t.Helper()
		if !errors.Is(err, driver.ErrName) && !errors.Is(err, fs.ErrNotExist) {
			k.t.Errorf("%s %.40q: %v", what, n, err)
		}
	}
	old("remove", k.root.Remove(k.ctx, n))
	old("rename", k.root.Rename(k.ctx, n, k.root, "other", false))
	old("set times", k.root.SetTimes(k.ctx, n, someTime))
	_, err = k.root.Lookup(k.ctx, n, driver.WantInfo)
	old("look up", err)
	if k.d.Caps().AppendInPlace {
		_, err = k.root.OpenAppend(k.ctx, n)
		old("append", err)
	}
}
