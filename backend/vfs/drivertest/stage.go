package drivertest

import (
	"io/fs"
	"slices"

	"portico/backend/vfs/driver"
)

var stageCases = []testCase{
	{"stage/is invisible until published, and then spent", func(k *kit) {
		s := k.stage(k.root, "hello")
		k.lists(k.root)
		k.eq(k.size(s), 5, "size")
		i, err := s.Publish(k.ctx, k.root, "f", driver.PublishOptions{})
		k.must(err)
		k.eq(i.Name, "f", "name")
		k.lists(k.root, "f")
		_, err = s.Publish(k.ctx, k.root, "g", driver.PublishOptions{})
		k.is(err, fs.ErrClosed)
		k.eq(k.stages(), []string{}, "stages")
		_, err = k.d.OpenStage(k.ctx, s.ID())
		k.is(err, fs.ErrNotExist)
	}},
	{"stage/discard leaves nothing", func(k *kit) {
		s := k.stage(k.root, "hello")
		k.must(s.SaveJournal([]byte("j"), true))
		k.must(s.SaveJournal([]byte("k"), false))
		k.must(s.Discard())
		k.reopen()
		k.eq(k.stages(), []string{}, "stages")
		_, err := k.d.OpenStage(k.ctx, s.ID())
		k.is(err, fs.ErrNotExist)
		k.eq(k.litter(), []string{}, "files left")
	}},
	{"stage/publish leaves nothing", func(k *kit) {
		s := k.stage(k.root, "hello")
		k.must(s.SaveJournal([]byte("j"), true))
		k.must(s.SaveJournal([]byte("k"), false))
		_, err := s.Publish(k.ctx, k.root, "f", driver.PublishOptions{})
		k.must(err)
		k.reopen()
		k.eq(k.stages(), []string{}, "stages")
		k.eq(k.litter(), []string{}, "files left")
	}},
	{"stage/survives reopening", func(k *kit) {
		sub := k.mkdir(k.root, "sub")
		s := k.stage(sub, "hello")
		id := s.ID()
		k.must(s.SaveJournal([]byte("journal"), true))
		k.eq(k.stages(), []string{}, "stages while it is open")
		k.must(s.Close())
		k.eq(k.stages(), []string{id}, "stages")
		k.reopen()
		k.eq(k.stages(), []string{id}, "stages")
		s, err := k.d.OpenStage(k.ctx, id)
		k.must(err)
		k.eq(s.ID(), id, "id")
		j, err := s.Journal()
		k.must(err)
		k.eq(string(j), "journal", "journal")
		k.write(s, " world", 5)
		k.must(s.Sync(k.ctx))
		_, err = s.Publish(k.ctx, k.folder("sub"), "f", driver.PublishOptions{})
		k.must(err)
		k.eq(k.get("sub/f"), "hello world", "content")
		k.eq(k.stages(), []string{}, "stages")
	}},
	{"stage/cannot be opened twice", func(k *kit) {
		k.need(k.d.Caps().LocalSpool, "local staging")
		s := k.stage(k.root, "x")
		_, err := k.d.OpenStage(k.ctx, s.ID())
		k.is(err, driver.ErrBusy)
		k.must(s.Discard())
	}},
	{"stage/ids", func(k *kit) {
		s := k.stage(k.root, "x")
		_, err := k.root.Stage(k.ctx, driver.StageOptions{ID: s.ID(), Size: -1})
		k.is(err, fs.ErrExist)
		k.must(s.Discard())
		for _, id := range []string{"", ".", "..", "a/b", "../x", "a.b", "a\x00", string(make([]byte, 200))} {
			_, err = k.root.Stage(k.ctx, driver.StageOptions{ID: id, Size: -1})
			k.is(err, driver.ErrName)
			_, err = k.d.OpenStage(k.ctx, id)
			k.is(err, driver.ErrName)
		}
		_, err = k.d.OpenStage(k.ctx, "never")
		k.is(err, fs.ErrNotExist)
	}},
	{"stage/random writes", func(k *kit) {
		k.need(k.d.Caps().RandomWrite, "random writes")
		s, err := k.root.Stage(k.ctx, driver.StageOptions{ID: k.id(), Size: -1})
		k.must(err)
		k.write(s, "world", 6)
		k.write(s, "hello ", 0)
		b := make([]byte, 5)
		_, err = s.ReadAt(b, 6)
		k.must(err)
		k.eq(string(b), "world", "read back")
		k.write(s, "!!!", 20)
		k.eq(k.size(s), 23, "size")
		k.must(s.Truncate(22))
		k.must(s.Truncate(24))
		_, err = s.Publish(k.ctx, k.root, "f", driver.PublishOptions{})
		k.must(err)
		k.eq(k.get("f"), "hello world"+string(make([]byte, 9))+"!!\x00\x00", "content")
	}},
	{"stage/only at the end where that is all", func(k *kit) {
		k.need(!k.d.Caps().RandomWrite, "such a limit")
		s := k.stage(k.root, "hello")
		_, err := s.WriteAt([]byte("x"), 0)
		if err == nil {
			k.t.Error("wrote in the middle")
		}
		k.write(s, " world", 5)
		_, err = s.Publish(k.ctx, k.root, "f", driver.PublishOptions{})
		k.must(err)
		k.eq(k.get("f"), "hello world", "content")
	}},
	{"stage/from existing content", func(k *kit) {
		old := filled('a', 300_000)
		k.put(k.root, "f", old)
		o := k.lookup("f", driver.WantRead)
		s, err := k.root.Stage(k.ctx, driver.StageOptions{ID: k.id(), Size: -1, From: o})
		k.must(err)
		k.eq(k.size(s), len(old), "size")
		k.write(s, "new end", int64(len(old)))
		k.eq(k.get("f"), old, "content before")
		_, err = s.Publish(k.ctx, k.root, "f", driver.PublishOptions{})
		k.must(err)
		k.eq(k.get("f"), old+"new end", "content after")
	}},
	{"stage/times are published", func(k *kit) {
		s := k.stage(k.root, "x")
		k.must(s.SetTimes(someTime))
		i, err := s.Publish(k.ctx, k.root, "f", driver.PublishOptions{})
		k.must(err)
		if got := k.entry(k.root, "f").ModTime; !got.Equal(someTime) || !i.ModTime.Equal(someTime) {
			k.t.Errorf("times %v and %v, want %v", got, i.ModTime, someTime)
		}
	}},
	{"stage/announced size is only a hint", func(k *kit) {
		s, err := k.root.Stage(k.ctx, driver.StageOptions{ID: k.id(), Size: 8 << 20})
		k.must(err)
		k.write(s, "short", 0)
		k.must(s.SetTimes(someTime))
		i, err := s.Publish(k.ctx, k.root, "f", driver.PublishOptions{})
		k.must(err)
		k.eq(i.Size, 5, "size")
		if !i.ModTime.Equal(someTime) {
			k.t.Errorf("time %v, want %v", i.ModTime, someTime)
		}
		k.eq(k.get("f"), "short", "content")
	}},
}

func (k *kit) write(s driver.Stage, content string, off int64) {
	k.t.Helper()
	_, err := s.WriteAt([]byte(content), off)
	k.must(err)
}

func (k *kit) size(s driver.Stage) int64 {
	k.t.Helper()
	n, err := s.Size()
	k.must(err)
	return n
}

var journalCases = []testCase{
	{"journal/none", func(k *kit) {
		s := k.stage(k.root, "x")
		_, err := s.Journal()
		k.is(err, fs.ErrNotExist)
		k.must(s.Discard())
	}},
	{"journal/the last one counts, synced or not", func(k *kit) {
		s := k.stage(k.root, "x")
		for i, sync := range []bool{true, false, false, true, true, false} {
			want := filled(byte('a'+i), 100*(6-i))
			k.must(s.SaveJournal([]byte(want), sync))
			got, err := s.Journal()
			k.must(err)
			k.eq(string(got), want, "journal")
			id := s.ID()
			k.must(s.Close())
			k.reopen()
			s, err = k.d.OpenStage(k.ctx, id)
			k.must(err)
			got, err = s.Journal()
			k.must(err)
			k.eq(string(got), want, "journal after reopening")
		}
		k.must(s.Discard())
	}},
	{"journal/empty is not none", func(k *kit) {
		s := k.stage(k.root, "x")
		k.must(s.SaveJournal(nil, false))
		got, err := s.Journal()
		k.must(err)
		k.eq(len(got), 0, "length")
		k.must(s.Discard())
	}},
	{"journal/readers never see a mix", func(k *kit) {
		s := k.stage(k.root, "x")
		a, b := []byte(filled('a', 50_000)), []byte(filled('b', 70_000))
		k.must(s.SaveJournal(a, false))
		for i := range 200 {
			next := a
			if i%2 == 0 {
				next = b
			}
			k.must(s.SaveJournal(next, false))
			got, err := s.Journal()
			k.must(err)
			if !slices.Equal(got, next) {
				k.t.Fatal("another journal than the last one")
			}
		}
		k.must(s.Discard())
	}},
}
