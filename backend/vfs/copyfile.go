package vfs

import (
	"context"
	"io"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// buildFile stages the copy of a file.
func (s *Session) buildFile(p *pair) (*built, error) {
	src, err := s.content(p.from)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	stage, err := s.tree.stageCopy(s.ctx, p.to.folder, src, p.from.vol == p.to.vol)
	if err != nil {
		return nil, err
	}
	b := &built{s: s, vol: p.to.vol, stage: stage, src: src.Info()}
	b.sum.mark("", b.src)
	return b, translate(stage.SetTimes(b.src.ModTime))
}

// placeFile is the act of a file's copy: it is published as an upload is.
func (b *built) placeFile(p *pair, base string, replace bool, kind event.Kind) (Entry, error) {
	s, t := b.s, b.s.tree
	n := s.copyNote(p, base, b.src, kind)
	n.Stage, n.Replace, n.Fresh = b.stage.ID(), replace, !replace
	options := driver.PublishOptions{NoReplace: !replace}
	if replace && p.to.vol.Versions && p.to.info.Size > 0 {
		attic, err := t.keepVersion(s, p.to, n, &options)
		if err != nil {
			return Entry{}, err
		}
		defer attic.Close()
	}
	var made driver.Info
	d := t.clearing(p.way, n, t.publishing(p.to, b.stage, base, options, n, &made))
	if len(n.Content.SHA256) == 0 && d.sync != nil { // recovery could not tell whether it is whole
		if err := d.sync(s.ctx); err != nil {
			return Entry{}, err
		}
		d.sync = nil
	}
	b.note = n
	if err := t.carry(s.ctx, p.to.vol, n, d); err != nil {
		return Entry{}, err
	}
	t.cleared(p.way)
	t.leave(s.ctx, p.from, n)
	if n.Kept != nil {
		t.trimVersions(p.to.vol, n.Event.Node)
	}
	if made.Version == "" { // the storage's answer was lost
		made = infoAt(s.ctx, p.to.folder, base)
	}
	return p.to.entryAt(base, made), nil
}

// copyNote says what the copy of a file will be: with the hash of its source where that is known, and
// with its history where the source moves.
func (s *Session) copyNote(p *pair, base string, src driver.Info, kind event.Kind) *note {
	t := s.tree
	c := &store.Content{Size: src.Size, By: s.party(), Arrived: t.now(), Announced: true}
	if known, ok := t.contentAt(s.ctx, p.from.vol, p.from.rel); ok && known.Version == src.Version && p.from.info.Kind == KindFile {
		c.SHA256, c.CRC32 = known.SHA256, known.CRC32
		if kind == event.Renamed {
			*c = known
		}
	}
	n := &note{
		Verb: VerbCreate, Path: joinRelative(p.to.dir.rel, base), Content: c,
		Event: s.event(kind, access.Join(access.Parent(p.to.path), base)),
	}
	n.Event.From, n.Event.Size, n.Event.Count, n.Event.Hash = p.from.path, c.Size, 1, hexOf(c.SHA256)
	s.leaving(p, n, kind, survey{Files: 1, Bytes: c.Size})
	return n
}

// content opens what is copied: of a link, what it leads to where the identity may read that too.
func (s *Session) content(t *target) (driver.Object, error) {
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
	o := driver.StageOptions{ID: newID(), Size: src.Info().Size, Like: src}
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
