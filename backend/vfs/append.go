package vfs

import (
	"context"
	"io"

	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// inPlaceFrom is from which length on a file is appended to in place: below, a copy is cheap and
// readers never see a part.
const inPlaceFrom = 1 << 20

// commitAppend adds the staged bytes to whatever the name holds by now: two who append to one log
// both find their lines in it.
func (w *Writer) commitAppend(tg *target) (Result, error) {
	switch how, err := w.s.decide(tg, w.up.o); {
	case err != nil:
		return Result{}, err
	case how == beside:
		return Result{}, w.s.unchangeable(tg, w.up.o)
	}
	if tg.info.Kind == KindFile && tg.vol.caps.AppendInPlace && tg.info.Size >= inPlaceFrom && !tg.vol.Versions {
		return w.appendInPlace(tg)
	}
	return w.appendCopy(tg)
}

// appendInPlace lets the file grow where it is. The stage with the new bytes stays until the intent
// is settled, so that a crash in between is finished and not left half-done.
func (w *Writer) appendInPlace(tg *target) (Result, error) {
	s, u, t := w.s, w.up, w.s.tree
	u.io.Lock()
	defer u.io.Unlock()
	if !u.writes(w) {
		return Result{}, ErrClosed
	}
	added := u.size
	n := &note{
		Verb: verbAppend, Path: tg.rel, Stage: u.id, Event: s.event(event.Appended, tg.path),
		Content: &store.Content{Size: tg.info.Size + added, Announced: true},
	}
	s.sign(n.Content, tg, u)
	n.Event.Size = added
	var info driver.Info
	act := func(ctx context.Context) (err error) {
		info, err = t.appendRest(ctx, tg.vol, tg.folder, tg.base, u.stage, tg.info.Size)
		n.Content.Version = info.Version
		return err
	}
	seal := func(context.Context) error { return nil } // no name changed
	err := t.carry(s.ctx, tg.vol, n, deed{act: act, seal: seal})
	if n.unknown {
		u.spent()
	}
	if err != nil {
		return Result{}, err
	}
	if err := u.stage.Discard(); err != nil {
		t.log.Warn("a stage could not be removed", "path", tg.path, "err", err)
	}
	u.spent()
	return Result{Entry: tg.entryAt(tg.base, info), Event: n.Event.ID}, nil
}

// appendRest appends what of a stage is not yet at the end of a file that was old bytes long.
func (t *Tree) appendRest(ctx context.Context, v *volume, dir driver.Folder, base string, stage driver.Stage, old int64) (driver.Info, error) {
	a, err := dir.OpenAppend(ctx, base)
	if err != nil {
		return driver.Info{}, translate(err)
	}
	defer a.Close()
	size, err := stage.Size()
	if err != nil {
		return driver.Info{}, translate(err)
	}
	there := a.OldSize() - old
	if there < 0 || there > size {
		return driver.Info{}, ErrBusy // somebody else changed it meanwhile
	}
	if _, err := io.Copy(a, io.NewSectionReader(stage, there, size-there)); err != nil {
		if rerr := a.Rollback(); rerr != nil {
			t.log.Error("a half-appended file could not be cut back", "volume", v.Name, "err", rerr)
		}
		return driver.Info{}, translate(err)
	}
	if v.Durability != store.Fast {
		if err := a.Sync(ctx); err != nil {
			return driver.Info{}, translate(err)
		}
	}
	return a.Info()
}

// appendCopy makes a new stage of what the name holds now and the new bytes, and publishes that.
func (w *Writer) appendCopy(tg *target) (Result, error) {
	u := w.up
	from, err := w.s.base(tg, CreateOptions{Base: Append})
	if err != nil {
		return Result{}, err
	}
	defer from.Close()
	size := from.Info().Size
	whole, err := tg.folder.Stage(w.s.ctx, driver.StageOptions{ID: newID(), Size: size + u.size, From: from})
	if err != nil {
		return Result{}, translate(err)
	}
	if err := u.join(w, whole, from.Info()); err != nil {
		whole.Discard()
		return Result{}, err
	}
	sha, crc := u.hasher().sums()
	return w.commitContent(tg, store.Content{SHA256: sha, CRC32: crc, Size: u.length()})
}

// join puts the staged bytes behind old content and goes on as a write of the whole.
func (u *upload) join(w *Writer, whole driver.Stage, old driver.Info) error {
	size := old.Size
	u.io.Lock()
	defer u.io.Unlock()
	if !u.writes(w) {
		return ErrClosed
	}
	d := newDigest(u.o.Digests...)
	buf := u.tree.large.Get().(*[bufferSize]byte)
	defer u.tree.large.Put(buf)
	for done := false; !done; {
		var err error
		if done, err = d.step(whole, size, buf[:]); err != nil {
			return err
		}
	}
	for at := int64(0); at < u.size; {
		n, err := u.stage.ReadAt(buf[:min(int64(len(buf)), u.size-at)], at)
		if n == 0 {
			return err
		}
		if _, err := whole.WriteAt(buf[:n], size+at); err != nil {
			return err
		}
		d.feed(buf[:n], size+at)
		at += int64(n)
	}
	if u.vol.Durability != store.Fast {
		if err := whole.Sync(w.s.ctx); err != nil {
			return err
		}
	}
	part := u.stage
	u.mu.Lock()
	u.stage, u.digest, u.staged = whole, d, size+u.size
	u.size, u.have = size+u.size, extents{{0, size + u.size}}
	u.o.Base, u.o.Size, u.old = Existing, u.size, old
	u.mu.Unlock()
	u.tree.pending.rename(u, whole.ID())
	return part.Discard()
}
