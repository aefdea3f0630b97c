package vfs

import (
	"errors"
	"io/fs"

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
	entry, err := s.replicate(from, to, e, event.Copied)
	if err != nil {
		return Entry{}, problem(VerbCopy, from, err)
	}
	return entry, nil
}

// replicate copies. With event.Renamed it is a move between storages: the source goes, unless it has
// changed while it was being copied. Nothing is locked while bytes are copied.
func (s *Session) replicate(from, to string, e OnExist, kind event.Kind) (Entry, error) {
	p, err := s.pair(from, to, looking)
	if err != nil {
		return Entry{}, err
	}
	defer p.close()
	if p.from.path == p.to.path && (e != KeepBoth || kind == event.Renamed) {
		return s.entryOf(&p.from.place), s.source(p, kind)
	}
	sum, err := s.replicable(p, e, kind)
	if err != nil {
		return Entry{}, err
	}
	verb := VerbCopy
	if kind == event.Renamed {
		verb = VerbRename
	}
	op := s.pairOp(verb, p, sum.Bytes)
	op.Files = sum.Files
	if err := s.admit(op); err != nil {
		return Entry{}, err
	}
	entry, err := s.copyAndPlace(p, from, to, e, kind)
	s.released(op, err, sum.Bytes)
	return entry, err
}

// source refuses who may not have the source copied or, of a move, taken away with all that is in it.
// It is asked before anything is copied, and again when both ends are locked.
func (s *Session) source(p *pair, kind event.Kind) error {
	if p.from.obj == nil {
		return fs.ErrNotExist
	}
	c := s.claimOf(p.from)
	if !c.read() {
		return c.refuse()
	}
	if kind != event.Renamed {
		return nil
	}
	if p.from.vol.ReadOnly {
		return ErrReadOnly
	}
	if err := c.take(access.Move); err != nil {
		return err
	}
	_, err := s.renamable(p)
	return err
}

// replicable checks both ends and counts what will be copied.
func (s *Session) replicable(p *pair, e OnExist, kind event.Kind) (survey, error) {
	if err := s.source(p, kind); err != nil {
		return survey{}, err
	}
	if _, err := s.decidePair(p, e); err != nil {
		return survey{}, err
	}
	if p.from.isFolder() && p.from.path != p.to.path {
		if access.Within(p.from.path, p.to.path) || access.Within(p.from.real, p.to.real) {
			return survey{}, &Error{Err: ErrBoundary, Text: "a folder cannot be copied into itself"}
		}
		if err := s.boundary(p.to.path, access.Write, true); err != nil {
			return survey{}, err
		}
	}
	sum, err := s.countTarget(p.from)
	if err == nil && kind == event.Renamed && (sum.odd != "" || p.from.info.Kind == KindLink) {
		err = &Error{Err: ErrBoundary, Text: "links cannot be moved to another storage"}
	}
	if err == nil {
		err = s.tree.clear(s.ctx, p.to.vol, sum.Bytes)
	}
	return sum, err
}

// copyAndPlace builds a copy that nobody sees, locks both ends, looks at them again and lets it appear.
func (s *Session) copyAndPlace(p *pair, from, to string, e OnExist, kind event.Kind) (Entry, error) {
	b, err := s.build(p)
	if b != nil {
		defer b.end()
	}
	if err != nil {
		return Entry{}, err
	}
	h := sharing
	if kind == event.Renamed {
		h = moving
	}
	q, err := s.pair(from, to, h)
	if err != nil {
		return Entry{}, err
	}
	defer q.close()
	if err := s.source(q, kind); err != nil {
		return Entry{}, err
	}
	if kind == event.Renamed {
		if err := s.copiedAll(b, q.from); err != nil {
			return Entry{}, err
		}
	}
	how, err := s.decidePair(q, e)
	if err != nil {
		return Entry{}, err
	}
	return s.atName(q, how, func(base string, replace bool) (Entry, error) { return b.place(q, base, replace, kind) })
}

// copiedAll refuses to take a source away of which something was not copied as it is now.
func (s *Session) copiedAll(b *built, from *target) error {
	if b.sum.hidden != "" {
		return &Error{Err: ErrBoundary, Text: "it holds names that you may not take along"}
	}
	now, err := s.countTarget(from)
	if err == nil && now.print != b.sum.print {
		err = &Error{Err: ErrBusy, Text: "it changed while it was being moved"}
	}
	return err
}

// built is a copy that nobody sees yet.
type built struct {
	s    *Session
	vol  *volume
	note *note // of its placing, once that was tried

	stage driver.Stage // a file
	src   driver.Info  // … of which

	attic driver.Folder // a folder: where it is built
	row   *store.Kept   // … under which id
	sum   survey        // what was copied; hidden: what was left out
}

func (s *Session) build(p *pair) (*built, error) {
	if p.from.isFolder() {
		return s.buildFolder(p)
	}
	return s.buildFile(p)
}

func (b *built) place(p *pair, base string, replace bool, kind event.Kind) (Entry, error) {
	if b.attic != nil {
		return b.placeFolder(p, base, kind)
	}
	return b.placeFile(p, base, replace, kind)
}

// end gives up what was not placed.
func (b *built) end() {
	placed := b.note != nil && b.note.happened
	unknown := b.note != nil && b.note.unknown
	switch {
	case b.attic != nil:
		if !placed && !unknown {
			b.giveUpFolder()
		}
		b.attic.Close()
	case unknown:
		b.stage.Close()
	case !placed:
		if err := b.stage.Discard(); err != nil && !errors.Is(err, fs.ErrClosed) {
			b.s.tree.log.Warn("a copy that failed could not be removed", "volume", b.vol.Name, "err", err)
		}
	}
}
