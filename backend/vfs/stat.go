package vfs

import (
	"context"
	"errors"

	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// Stat tells what is at name. The session's own unfinished write of that name is what it sees.
func (s *Session) Stat(name string) (Entry, error) {
	e, err := s.stat(name)
	if err != nil {
		return Entry{}, problem(VerbStat, name, err)
	}
	return e, nil
}

func (s *Session) stat(name string) (Entry, error) {
	if u, at := s.ownPending(name); u != nil {
		return u.entry(s, at), nil
	}
	p, err := s.resolve(name, driver.WantInfo)
	defer p.close()
	if err != nil {
		if errors.Is(err, ErrAbsent) && p.vol != nil && p.rel == "." {
			return s.absentEntry(&p), nil
		}
		return Entry{}, err
	}
	if err := s.claimAt(&p).know(); err != nil {
		return Entry{}, err
	}
	if err := s.look(VerbStat, &p); err != nil {
		return Entry{}, err
	}
	return s.entryOf(&p), nil
}

// contentAt is what the store knows of a place in a volume.
func (t *Tree) contentAt(ctx context.Context, v *volume, rel string) (c store.Content, ok bool) {
	err := t.store.Read(ctx, func(tx *store.Tx) error {
		node, err := tx.Node(v.Name, rel)
		if err != nil || node == 0 {
			return err
		}
		c, ok, err = tx.Content(node)
		return err
	})
	if err != nil {
		t.log.Warn("what is known of a file could not be read", "volume", v.Name, "err", err)
	}
	return c, ok && err == nil
}

// entryOf shows a judged place to its identity.
func (s *Session) entryOf(p *place) Entry {
	e := Entry{Path: p.name, Rights: p.rights}
	_, e.Name = split(p.name)
	if p.virtual {
		e.Kind = KindFolder
		return e
	}
	if _, spelt := split(p.real); spelt != e.Name && fold(spelt) == fold(e.Name) {
		e.Spelt = spelt
	}
	e.fill(p.info)
	e.Mount = p.rel == "."
	return e
}

// fill copies what a driver knows.
func (e *Entry) fill(i driver.Info) {
	e.Kind, e.Size, e.ModTime, e.Version, e.Linked = i.Kind, i.Size, i.ModTime, i.Version, i.Linked
	if i.Kind == KindFolder {
		e.Size = 0
	}
}

// absentEntry shows the root of a volume whose medium is not connected.
func (s *Session) absentEntry(p *place) Entry {
	_, base := split(p.name)
	return Entry{Name: base, Path: p.name, Kind: KindFolder, Mount: true, Absent: true, Rights: p.rights}
}
