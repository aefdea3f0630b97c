package vfs

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// copyFolder builds the copy out of sight, in a hidden folder of the target's storage, and renames it
// into place when it is complete.
func (s *Session) copyFolder(p *pair, base string, _ bool, kind event.Kind) (Entry, error) {
	if there, err := exists(s.ctx, p.to.folder, base); err != nil || there {
		return Entry{}, errors.Join(err, fs.ErrExist)
	}
	attic, err := p.to.folder.Attic(s.ctx, atticCopy)
	if err != nil {
		return Entry{}, translate(err)
	}
	defer attic.Close()
	row := s.kept(p.to, atticCopy, newID(), survey{})
	if err := s.tree.putKept(s.ctx, p.to.vol, *row); err != nil {
		return Entry{}, err
	}
	sum, err := s.buildCopy(p, attic, row.ID)
	if err == nil {
		err = s.placeCopy(p, base, attic, row.ID, kind, sum)
	}
	if err != nil {
		if !errors.Is(err, errUnknown) {
			s.tree.giveUpCopy(s.ctx, p.to.vol, *row)
		}
		return Entry{}, err
	}
	return copied(p, base, infoAt(s.ctx, p.to.folder, base)), nil
}

// buildCopy fills a folder in an attic with what the identity may have of the source.
func (s *Session) buildCopy(p *pair, attic driver.Folder, id string) (sum survey, err error) {
	if err := attic.Mkdir(s.ctx, id); err != nil {
		return sum, translate(err)
	}
	err = inFolder(s.ctx, p.from.folder, p.from.base, func(from driver.Folder) error {
		return inFolder(s.ctx, attic, id, func(to driver.Folder) error {
			return s.copyInto(p, p.from.path, from, to, &sum)
		})
	})
	if err == nil && p.to.vol.Durability != store.Fast {
		err = translate(p.to.vol.sync.whole.join(func() error { return p.to.vol.Driver.SyncAll(s.ctx) }))
	}
	return sum, err
}

// placeCopy is the act of a folder's copy: one rename out of the attic.
func (s *Session) placeCopy(p *pair, base string, attic driver.Folder, id string, kind event.Kind, sum survey) error {
	t := s.tree
	n := &note{
		Verb: VerbCopy, Path: joinRelative(p.to.dir.rel, base), Fresh: true, Attic: id, Kind: atticCopy, Near: p.to.dir.rel,
		Pieces:  !p.to.vol.caps.RenameTree,
		Content: &store.Content{Folder: true, By: s.party(), Arrived: t.now(), Announced: true},
		Event:   s.event(kind, access.Join(access.Parent(p.to.path), base)),
	}
	n.Event.From, n.Event.Size, n.Event.Count = p.from.path, sum.Bytes, sum.Files
	s.leaving(p, n, kind, sum)
	err := t.carry(s.ctx, p.to.vol, n, deed{
		act:  func(ctx context.Context) error { return moveName(ctx, p.to.vol, attic, id, p.to.folder, base, true) },
		seal: func(ctx context.Context) error { return t.syncFolder(ctx, p.to.vol, p.to.dir.rel, p.to.folder) },
	})
	if err == nil {
		t.leave(s.ctx, p.from, n)
	}
	return err
}

// giveUpCopy lets a copy that failed be removed in the background.
func (t *Tree) giveUpCopy(ctx context.Context, v *volume, row store.Kept) {
	row.Kind = atticDeadCopy
	if err := t.putKept(context.WithoutCancel(ctx), v, row); err != nil {
		t.log.Warn("a copy that failed could not be removed", "volume", v.Name, "err", err)
	}
	t.purgeSoon(v)
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
