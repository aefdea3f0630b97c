package vfs

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// Copy copies a file, or a folder with everything in it that the identity may read. The copy appears
// in one step when it is complete, and is one event. e says what happens when the name is taken; a
// folder is never merged into another. It needs Read at from and Write at to, and Delete there to
// replace.
func (s *Session) Copy(from, to string, e OnExist) (Entry, error) {
	entry, err := s.copy(from, to, e)
	if err != nil {
		return Entry{}, problem(VerbCopy, from, err)
	}
	return entry, nil
}

func (s *Session) copy(from, to string, e OnExist) (Entry, error) {
	p, err := s.pair(from, to, false)
	if err != nil {
		return Entry{}, err
	}
	defer p.close()
	if p.from.obj == nil {
		return Entry{}, fs.ErrNotExist
	}
	if !s.mayRead(p.from) {
		return Entry{}, s.unreadable(&p.from.place)
	}
	if p.from.path == p.to.path && e != KeepBoth {
		return s.entryOf(&p.from.place), nil
	}
	how, err := s.decidePair(p, e)
	if err != nil {
		return Entry{}, err
	}
	if p.from.path == p.to.path {
		how = beside
	}
	sum := survey{Files: 1, Bytes: p.from.info.Size}
	if p.from.info.Kind == KindFolder {
		if access.Within(p.from.path, p.to.path) && p.from.path != p.to.path || access.Within(p.from.real, p.to.real) && p.from.real != p.to.real {
			return Entry{}, &Error{Err: ErrBoundary, Text: "a folder cannot be copied into itself"}
		}
		if err := s.boundary(p.to.path, access.Write, true); err != nil {
			return Entry{}, err
		}
		sum = survey{}
	}
	op := s.op(VerbCopy, &p.from.place)
	op.To, op.Exists, op.Size = p.to.path, p.to.obj != nil, sum.Bytes
	if err := s.admit(op); err != nil {
		return Entry{}, err
	}
	entry, err := s.copyTo(p, how, event.Copied)
	s.released(op, err, sum.Bytes)
	return entry, err
}

// copyTo copies under the target's name or beside it; for a move, kind is event.Renamed and the source
// goes afterwards.
func (s *Session) copyTo(p *pair, how how, kind event.Kind) (Entry, error) {
	if how == replacing && (p.to.info.Kind == KindFolder || p.from.info.Kind == KindFolder) {
		if err := s.makeWay(p.to); err != nil {
			return Entry{}, err
		}
		how = asNew
	}
	one := s.copyFile
	if p.from.info.Kind == KindFolder {
		one = s.copyFolder
	}
	base := p.to.base
	for n := s.tree.free.after(p.to.key()); ; n++ {
		if how == beside {
			base = besideName(p.to.base, n)
		}
		entry, err := one(p, base, how == replacing, kind)
		if how == beside && errors.Is(err, fs.ErrExist) && n < mostBeside {
			continue
		}
		return entry, err
	}
}

// copyFile stages a copy and publishes it.
func (s *Session) copyFile(p *pair, base string, replace bool, kind event.Kind) (Entry, error) {
	t := s.tree
	src, err := s.source(p.from)
	if err != nil {
		return Entry{}, err
	}
	defer src.Close()
	if err := t.fits(s.ctx, p.to.vol, src.Info().Size); err != nil {
		return Entry{}, err
	}
	stage, err := t.stageCopy(s.ctx, p.to.folder, src, p.from.vol == p.to.vol)
	if err != nil {
		return Entry{}, err
	}
	n := &note{}
	defer func() {
		switch {
		case n.unknown:
			stage.Close()
		case !n.happened:
			stage.Discard()
		}
	}()
	info := src.Info()
	if err := stage.SetTimes(info.ModTime); err != nil {
		return Entry{}, translate(err)
	}
	c := store.Content{Size: info.Size, By: s.party(), Arrived: t.now(), Announced: true}
	if known, ok := t.contentAt(s.ctx, p.from.vol, p.from.rel); ok && known.Version == info.Version && p.from.info.Kind == KindFile {
		c.SHA256, c.CRC32 = known.SHA256, known.CRC32
		if kind == event.Renamed {
			c = known
		}
	}
	path := access.Join(access.Parent(p.to.path), base)
	*n = note{
		Verb: VerbCreate, Path: joinRelative(p.to.dir.rel, base), Stage: stage.ID(), Replace: replace, Fresh: !replace,
		Content: &c, Event: s.event(kind, path),
	}
	n.Event.From, n.Event.Size, n.Event.Count, n.Event.Hash = p.from.path, c.Size, 1, hexOf(c.SHA256)
	s.leaving(p, n, kind, survey{Files: 1, Bytes: c.Size})
	options := driver.PublishOptions{NoReplace: !replace}
	if replace && p.to.vol.Versions && p.to.info.Size > 0 {
		attic, err := t.keepVersion(s, p.to, n, &options)
		if err != nil {
			return Entry{}, err
		}
		defer attic.Close()
	}
	sync := p.to.vol.syncing(stage)
	if len(c.SHA256) == 0 && sync != nil { // recovery could not tell whether it is whole
		if err := sync(s.ctx); err != nil {
			return Entry{}, err
		}
		sync = nil
	}
	var made driver.Info
	err = t.carry(s.ctx, p.to.vol, n, deed{
		sync: sync,
		act: func(ctx context.Context) (err error) {
			if made, err = stage.Publish(ctx, p.to.folder, base, options); err != nil {
				return translate(err)
			}
			c.Version = made.Version
			return nil
		},
		seal: func(ctx context.Context) error {
			return errors.Join(t.sealAttic(ctx, options.KeepIn), t.syncFolder(ctx, p.to.vol, p.to.dir.rel, p.to.folder))
		},
	})
	if err != nil {
		return Entry{}, err
	}
	t.leave(s.ctx, p.from, n)
	if n.Kept != nil {
		t.trimVersions(p.to.vol, n.Path)
	}
	return copied(p, base, made), nil
}

func copied(p *pair, base string, info driver.Info) Entry {
	e := Entry{Name: base, Path: access.Join(access.Parent(p.to.name), base), Rights: p.to.rights}
	e.fill(info)
	return e
}

// source opens what is copied: of a link, what it leads to where the identity may read that too.
func (s *Session) source(t *target) (driver.Object, error) {
	if t.info.Kind == KindLink {
		p, err := s.resolve(t.name, driver.WantRead)
		if err == nil && (!p.rights.Any(access.Read|access.Get) || p.info.Kind != KindFile) {
			p.close()
			err = s.refusal(&p)
		}
		return p.obj, err
	}
	if t.info.Kind != KindFile {
		return nil, ErrKind
	}
	obj, err := t.folder.Lookup(s.ctx, t.base, driver.WantRead)
	return obj, translate(err)
}

// stageCopy fills a stage with an object's content: by the driver where both are its own, else byte
// by byte.
func (t *Tree) stageCopy(ctx context.Context, dir driver.Folder, src driver.Object, sameDriver bool) (driver.Stage, error) {
	o := driver.StageOptions{ID: newID(), Size: src.Info().Size}
	if sameDriver {
		o.From = src
	}
	stage, err := dir.Stage(ctx, o)
	if err != nil || sameDriver {
		return stage, translate(err)
	}
	if err := t.fill(ctx, stage, src); err != nil {
		stage.Discard()
		return nil, translate(err)
	}
	return stage, nil
}

func (t *Tree) fill(ctx context.Context, stage driver.Stage, src driver.Object) error {
	f, err := src.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	buf := t.large.Get().(*[bufferSize]byte)
	defer t.large.Put(buf)
	for at := int64(0); ; {
		if ctx.Err() != nil {
			return ErrClosed
		}
		n, err := f.Read(buf[:])
		if n > 0 {
			if _, err := stage.WriteAt(buf[:n], at); err != nil {
				return err
			}
			at += int64(n)
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

// copyFolder builds the copy out of sight, in a hidden folder of the target's storage, and renames it
// into place when it is complete.
func (s *Session) copyFolder(p *pair, base string, _ bool, kind event.Kind) (Entry, error) {
	t := s.tree
	if obj, err := p.to.folder.Lookup(s.ctx, base, driver.WantNoFollow); err == nil {
		obj.Close()
		return Entry{}, fs.ErrExist
	}
	attic, err := p.to.folder.Attic(s.ctx, atticCopy)
	if err != nil {
		return Entry{}, translate(err)
	}
	defer attic.Close()
	row := s.kept(p.to, atticCopy, newID(), survey{})
	id := row.ID
	if err := t.putKept(s.ctx, p.to.vol, *row); err != nil {
		return Entry{}, err
	}
	moved := false
	defer func() {
		if !moved {
			row.Kind = atticDeadCopy
			if err := t.putKept(context.WithoutCancel(s.ctx), p.to.vol, *row); err != nil {
				t.log.Warn("a copy that failed could not be removed", "volume", p.to.vol.Name, "err", err)
			}
			t.purgeSoon(p.to.vol)
		}
	}()
	if err := attic.Mkdir(s.ctx, id); err != nil {
		return Entry{}, translate(err)
	}
	var sum survey
	err = inFolder(s.ctx, p.from.folder, p.from.base, func(from driver.Folder) error {
		return inFolder(s.ctx, attic, id, func(to driver.Folder) error {
			return s.copyInto(p, p.from.path, from, to, &sum)
		})
	})
	if err != nil {
		return Entry{}, err
	}
	if p.to.vol.Durability != store.Fast {
		if err := p.to.vol.sync.whole.join(func() error { return p.to.vol.Driver.SyncAll(s.ctx) }); err != nil {
			return Entry{}, translate(err)
		}
	}
	n := &note{
		Verb: VerbCopy, Path: joinRelative(p.to.dir.rel, base), Fresh: true, Attic: id, Kind: atticCopy, Near: p.to.dir.rel,
		Pieces:  !p.to.vol.caps.RenameTree,
		Content: &store.Content{Folder: true, By: s.party(), Arrived: t.now(), Announced: true},
		Event:   s.event(kind, access.Join(access.Parent(p.to.path), base)),
	}
	n.Event.From, n.Event.Size, n.Event.Count = p.from.path, sum.Bytes, sum.Files
	s.leaving(p, n, kind, sum)
	act := func(ctx context.Context) error {
		if err := moveName(ctx, p.to.vol, attic, id, p.to.folder, base, true); err != nil {
			moved = errors.Is(err, errUnknown)
			return err
		}
		moved = true
		return nil
	}
	seal := func(ctx context.Context) error { return t.syncFolder(ctx, p.to.vol, p.to.dir.rel, p.to.folder) }
	if err := t.carry(s.ctx, p.to.vol, n, deed{act: act, seal: seal}); err != nil {
		return Entry{}, err
	}
	t.leave(s.ctx, p.from, n)
	return copied(p, base, infoAt(s.ctx, p.to.folder, base)), nil
}

// copyInto copies what a folder holds, without what the identity may not see.
func (s *Session) copyInto(p *pair, path string, from, to driver.Folder, sum *survey) error {
	policy := s.tree.policy.Load()
	for info, err := range from.Entries(s.ctx) {
		if err != nil {
			return translate(err)
		}
		at := access.Join(path, info.Name)
		rights := policy.Rights(s.id, at)
		hidden := strings.HasPrefix(info.Name, ".") && !rights.Has(access.Dots)
		if hidden || !rights.Has(access.Read) || s.tree.mounts.Load().at[at] != nil {
			continue
		}
		if err := s.err(); err != nil {
			return err
		}
		switch {
		case info.Kind == KindFolder && !info.Linked:
			sum.Folders++
			if err := to.Mkdir(s.ctx, info.Name); err != nil {
				return translate(err)
			}
			err = inFolder(s.ctx, from, info.Name, func(from driver.Folder) error {
				return inFolder(s.ctx, to, info.Name, func(to driver.Folder) error {
					return s.copyInto(p, at, from, to, sum)
				})
			})
		case info.Kind == KindFile:
			if err = s.copyOne(p, from, to, info); err == nil {
				sum.Files++
				sum.Bytes += info.Size
			} else if info.Linked && errors.Is(err, fs.ErrPermission) {
				err = nil // a link to what the identity may not read
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// copyOne copies one file into a folder that nobody sees yet.
func (s *Session) copyOne(p *pair, from, to driver.Folder, info driver.Info) error {
	if err := s.tree.fits(s.ctx, p.to.vol, info.Size); err != nil {
		return err
	}
	src, err := from.Lookup(s.ctx, info.Name, driver.WantRead)
	if err != nil {
		return translate(err)
	}
	defer src.Close()
	if real, outside := src.Real(); info.Linked && !outside {
		rights := s.rightsAtReal(s.tree.policy.Load(), joinRel(p.from.vol.Path, real))
		if !rights.Any(access.Read | access.Get) {
			return fs.ErrPermission
		}
	}
	stage, err := s.tree.stageCopy(s.ctx, to, src, p.from.vol == p.to.vol)
	if err != nil {
		return err
	}
	if err = stage.SetTimes(info.ModTime); err == nil {
		_, err = stage.Publish(s.ctx, to, info.Name, driver.PublishOptions{NoReplace: true})
	}
	if err != nil {
		stage.Discard()
	}
	return translate(err)
}
