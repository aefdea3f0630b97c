package drivertest

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"portico/backend/vfs/driver"
)

var someTime = time.Date(2019, 3, 4, 5, 6, 7, 0, time.UTC)

var folderCases = []testCase{
	{"folder/make", func(k *kit) {
		a := k.mkdir(k.root, "a")
		k.is(k.root.Mkdir(k.ctx, "a"), fs.ErrExist)
		k.put(k.root, "f", "x")
		k.is(k.root.Mkdir(k.ctx, "f"), fs.ErrExist)
		k.mkdir(a, "b")
		k.lists(k.root, "a", "f")
		k.lists(a, "b")
		k.eq(k.entry(k.root, "a").Kind, driver.KindFolder, "kind")
		k.lists(k.folder("a/b"))
	}},
	{"folder/remove", func(k *kit) {
		a := k.mkdir(k.root, "a")
		k.put(a, "f", "x")
		k.is(k.root.Remove(k.ctx, "a"), driver.ErrNotEmpty)
		k.is(k.root.Remove(k.ctx, "none"), fs.ErrNotExist)
		k.must(a.Remove(k.ctx, "f"))
		k.is(a.Remove(k.ctx, "f"), fs.ErrNotExist)
		k.must(k.root.Remove(k.ctx, "a"))
		k.lists(k.root)
		_, err := k.d.Lookup(k.ctx, "a", driver.WantInfo)
		k.is(err, fs.ErrNotExist)
	}},
	{"folder/times", func(k *kit) {
		k.put(k.root, "f", "x")
		k.must(k.root.SetTimes(k.ctx, "f", someTime))
		if got := k.entry(k.root, "f").ModTime; !got.Equal(someTime) {
			k.t.Errorf("time %v, want %v", got, someTime)
		}
		k.eq(k.get("f"), "x", "content")
		k.is(k.root.SetTimes(k.ctx, "none", someTime), fs.ErrNotExist)
		if !k.d.Caps().RenameTree {
			return // such storages have no folders to speak of
		}
		k.mkdir(k.root, "d")
		k.must(k.root.SetTimes(k.ctx, "d", someTime))
		if got := k.entry(k.root, "d").ModTime; !got.Equal(someTime) {
			k.t.Errorf("time of a folder %v, want %v", got, someTime)
		}
	}},
	{"folder/sync", func(k *kit) {
		k.put(k.mkdir(k.root, "a"), "f", "x")
		k.must(k.root.Sync(k.ctx))
		k.must(k.folder("a").Sync(k.ctx))
		k.must(k.d.SyncAll(k.ctx))
	}},
	{"folder/attic", func(k *kit) {
		a := k.mkdir(k.root, "a")
		k.put(a, "f", "kept")
		trash, err := a.Attic(k.ctx, "trash")
		k.must(err)
		k.later(trash)
		k.must(a.Rename(k.ctx, "f", trash, "1", true))
		if k.d.Caps().RenameTree {
			k.must(k.root.Rename(k.ctx, "a", trash, "2", true))
			k.lists(k.root)
			k.lists(trash, "1", "2")
		} else {
			k.lists(trash, "1")
		}
		versions, err := k.root.Attic(k.ctx, "versions")
		k.must(err)
		k.later(versions)
		k.lists(versions)
		k.reopen()
		trash, err = k.root.Attic(k.ctx, "trash")
		k.must(err)
		k.later(trash)
		o, err := trash.Lookup(k.ctx, "1", driver.WantRead)
		k.must(err)
		k.later(o)
		got, err := readObject(o)
		k.must(err)
		k.eq(got, "kept", "content in the trash")
		k.must(trash.Rename(k.ctx, "1", k.root, "back", true))
		k.eq(k.get("back"), "kept", "content")
		if k.d.Caps().RenameTree {
			k.must(trash.Remove(k.ctx, "2"))
		}
		k.lists(trash)
		for _, bad := range []string{"", "..", "stage", "a/b"} {
			_, err = k.root.Attic(k.ctx, bad)
			k.is(err, driver.ErrName)
		}
	}},
	{"folder/listing ends with its context", func(k *kit) {
		k.put(k.root, "a", "x")
		ctx, stop := context.WithCancel(k.ctx)
		stop()
		for _, list := range []func() error{
			func() (last error) {
				for _, err := range k.root.Entries(ctx) {
					last = err
				}
				return last
			},
			func() (last error) {
				for _, err := range k.root.Names(ctx) {
					last = err
				}
				return last
			},
		} {
			if err := list(); !errors.Is(err, context.Canceled) {
				k.t.Errorf("%v, want %v", err, context.Canceled)
			}
		}
		for range k.root.Entries(k.ctx) {
			break // leaving early leaks nothing
		}
	}},
	{"folder/what cannot be opened is shown and never opened", func(k *kit) {
		makePipe(k)
		k.eq(k.entry(k.root, "pipe").Kind, driver.KindOther, "kind")
		k.eq(k.lookup("pipe", driver.WantInfo).Info().Kind, driver.KindOther, "kind")
		_, err := k.d.Lookup(k.ctx, "pipe", driver.WantRead)
		k.is(err, driver.ErrKind)
		_, err = k.root.Lookup(k.ctx, "pipe", driver.WantDir)
		k.is(err, driver.ErrKind)
		s := k.stage(k.root, "x")
		_, err = s.Publish(k.ctx, k.root, "pipe", driver.PublishOptions{})
		k.is(err, driver.ErrKind)
		k.must(s.Discard())
		if k.d.Caps().AppendInPlace {
			_, err = k.root.OpenAppend(k.ctx, "pipe")
			k.is(err, driver.ErrKind)
		}
		k.must(k.root.Remove(k.ctx, "pipe"))
	}},
	{"folder/one that was removed takes nothing", func(k *kit) {
		a := k.mkdir(k.root, "a")
		if k.h.Folder() == "" {
			k.t.Skip("the volume is no folder of this computer")
		}
		k.must(os.Remove(k.host("a")))
		k.is(a.Mkdir(k.ctx, "b"), fs.ErrNotExist)
		s, err := k.tryStage(a, "x")
		if err == nil {
			_, err = s.Publish(k.ctx, a, "f", driver.PublishOptions{})
			k.must(s.Discard())
		}
		k.is(err, fs.ErrNotExist)
	}},
}
