package vfs

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// buildFolder builds the copy of a folder out of sight, in a hidden folder of the target's storage,
// from where one rename puts it into place. A row names it from before it begins, so that what a
// crash leaves is purged.
func (s *Session) buildFolder(p *pair) (*built, error) {
	attic, err := p.to.folder.Attic(s.ctx, atticCopy)
	if err != nil {
		return nil, translate(err)
	}
	b := &built{s: s, vol: p.to.vol, attic: attic, row: s.kept(p.to, atticCopy, newID(), survey{})}
	if err := s.tree.putKept(s.ctx, p.to.vol, *b.row); err != nil {
		attic.Close()
		return nil, err
	}
	if err := attic.Mkdir(s.ctx, b.row.ID); err != nil {
		return b, translate(err)
	}
	c := copier{s: s, p: p, sum: &b.sum, policy: s.tree.policy.Load(), now: s.tree.now()}
	b.sum.mark("", p.from.info)
	err = inFolder(s.ctx, p.from.folder, p.from.base, func(from driver.Folder) error {
		return inFolder(s.ctx, attic, b.row.ID, func(to driver.Folder) error {
			return c.folder(p.from.path, p.from.rel, b.row.ID, from, to)
		})
	})
	if err == nil {
		err = c.flush()
	}
	if err == nil && p.to.vol.Durability != store.Fast {
		err = translate(p.to.vol.sync.whole.join(func() error { return p.to.vol.Driver.SyncAll(s.ctx) }))
	}
	return b, err
}

// placeFolder is the act of a folder's copy.
func (b *built) placeFolder(p *pair, base string, kind event.Kind) (Entry, error) {
	s, t := b.s, b.s.tree
	if p.way == nil {
		if there, err := exists(s.ctx, p.to.folder, base); err != nil || there {
			return Entry{}, errors.Join(err, fs.ErrExist)
		}
	}
	n := &note{
		Verb: VerbCopy, Path: joinRelative(p.to.dir.rel, base), Attic: b.row.ID, Kind: atticCopy, Near: p.to.dir.rel,
		Pieces:  !p.to.vol.caps.RenameTree,
		Content: &store.Content{Folder: true, By: s.party(), Arrived: t.now(), Announced: true},
		Event:   s.event(kind, access.Join(access.Parent(p.to.path), base)),
	}
	n.Event.From, n.Event.Size, n.Event.Count = p.from.path, b.sum.Bytes, b.sum.Files
	s.leaving(p, n, kind, b.sum)
	b.note = n
	err := t.carry(s.ctx, p.to.vol, n, t.clearing(p.way, n, deed{
		act: func(ctx context.Context) error {
			return moveName(ctx, p.to.vol, b.attic, b.row.ID, p.to.folder, base, true)
		},
		seal: func(ctx context.Context) error { return t.syncFolder(ctx, p.to.vol, p.to.dir.rel, p.to.folder) },
	}))
	if err != nil {
		return Entry{}, err
	}
	t.cleared(p.way)
	t.leave(s.ctx, p.from, n)
	return p.to.entryAt(base, infoAt(s.ctx, p.to.folder, base)), nil
}

// giveUpFolder lets a copy that was not placed be removed in the background.
func (b *built) giveUpFolder() {
	t := b.s.tree
	b.row.Kind = atticDeadCopy
	if err := t.putKept(context.WithoutCancel(b.s.ctx), b.vol, *b.row); err != nil {
		t.log.Warn("a copy that failed could not be removed", "volume", b.vol.Name, "err", err)
	}
	t.purgeSoon(b.vol)
}

// copier copies what folders hold, without what its identity may not have: it notes that there was
// something of the kind.
type copier struct {
	s      *Session
	p      *pair
	sum    *survey
	policy *access.Policy
	now    time.Time
	rows   []copiedFile
}

// copiedFile is what will be known of one copied file.
type copiedFile struct {
	rel string // below the attic's own place for nodes
	c   store.Content
}

const rowsAtOnce = 256

// folder copies one folder: path in the tree, rel in its volume, at is where the copy is built.
func (c *copier) folder(path, rel, at string, from, to driver.Folder) error {
	known := c.s.tree.contentsIn(c.s.ctx, c.p.from.vol, rel)
	for info, err := range from.Entries(c.s.ctx) {
		if err != nil {
			return translate(err)
		}
		if err := c.s.err(); err != nil {
			return err
		}
		below := access.Join(path, info.Name)
		if !c.sees(below, info, known[info.Name]) {
			c.sum.hidden = info.Name
			continue
		}
		switch {
		case info.Kind == KindFolder && !info.Linked:
			c.sum.Folders++
			c.sum.mark(c.within(at)+"/"+info.Name, info)
			if err := to.Mkdir(c.s.ctx, info.Name); err != nil {
				return translate(err)
			}
			err = inFolder(c.s.ctx, from, info.Name, func(from driver.Folder) error {
				return inFolder(c.s.ctx, to, info.Name, func(to driver.Folder) error {
					return c.folder(below, joinRelative(rel, info.Name), at+"/"+info.Name, from, to)
				})
			})
		case info.Kind == KindFile:
			err = c.file(from, to, info, at, known[info.Name])
			if info.Linked && errors.Is(err, fs.ErrPermission) {
				c.sum.hidden, err = info.Name, nil // a link to what the identity may not read
			}
		}
		if err != nil {
			return err
		}
	}
	if n, ok := to.(interface{ Narrow(driver.Folder) error }); ok { // last: now nothing more comes
		return translate(n.Narrow(from))
	}
	return nil
}

// within is where something is below what is copied.
func (c *copier) within(at string) string {
	if _, rest, deeper := strings.Cut(at, "/"); deeper {
		return "/" + rest
	}
	return ""
}

// sees reports whether a name is copied: readable or one's own, not hidden, and not where another
// volume is.
func (c *copier) sees(path string, info driver.Info, known store.Content) bool {
	rights := c.policy.Rights(c.s.id, path)
	if strings.HasPrefix(info.Name, ".") && !rights.Has(access.Dots) && !litter(info.Name) {
		return false
	}
	return (rights.Has(access.Read) || c.s.mine(known, info, c.now)) && c.s.tree.mounts.Load().at[path] == nil
}

// file copies one file into a folder that nobody sees yet.
func (c *copier) file(from, to driver.Folder, info driver.Info, at string, known store.Content) error {
	s := c.s
	if err := s.tree.clear(s.ctx, c.p.to.vol, info.Size); err != nil {
		return err
	}
	src, err := from.Lookup(s.ctx, info.Name, driver.WantRead)
	if err != nil {
		return translate(err)
	}
	defer src.Close()
	if real, outside := src.Real(); info.Linked && !outside {
		if !s.rightsAtReal(c.policy, joinRel(c.p.from.vol.Path, real)).Any(access.Read | access.Get) {
			return fs.ErrPermission
		}
	}
	stage, err := s.tree.stageCopy(s.ctx, to, src, c.p.from.vol == c.p.to.vol)
	if err != nil {
		return err
	}
	var made driver.Info
	if err = stage.SetTimes(info.ModTime); err == nil {
		made, err = stage.Publish(s.ctx, to, info.Name, driver.PublishOptions{NoReplace: true})
	}
	if err != nil {
		stage.Discard()
		return translate(err)
	}
	c.sum.Files++
	c.sum.Bytes += made.Size
	was := src.Info()
	was.Kind = info.Kind
	c.sum.mark(c.within(at)+"/"+info.Name, was)
	row := store.Content{Version: made.Version, Size: made.Size, By: s.party(), Arrived: s.tree.now(), Announced: true}
	if known.Version == src.Info().Version && !info.Linked {
		row.SHA256, row.CRC32 = known.SHA256, known.CRC32
	}
	c.rows = append(c.rows, copiedFile{at + "/" + info.Name, row})
	if len(c.rows) < rowsAtOnce {
		return nil
	}
	return c.flush()
}

// flush writes what is known of the files copied so far, where their nodes wait for the folder to be
// put into place: it takes them along.
func (c *copier) flush() error {
	rows := c.rows
	c.rows = nil
	if len(rows) == 0 {
		return nil
	}
	return c.s.tree.store.Write(c.s.ctx, store.Fast, func(tx *store.Tx) error {
		for _, r := range rows {
			node, err := tx.MakeNode(atticVolume(c.p.to.vol.Name), r.rel)
			if err == nil {
				err = tx.PutContent(node, r.c)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// contentsIn is what the store knows of the files of a folder, by name.
func (t *Tree) contentsIn(ctx context.Context, v *volume, rel string) (out map[string]store.Content) {
	err := t.store.Read(ctx, func(tx *store.Tx) error {
		node, err := tx.Node(v.Name, rel)
		if err == nil && node != 0 {
			out, err = tx.ContentsIn(node, time.Time{})
		}
		return err
	})
	if err != nil {
		t.log.Warn("what is known of files could not be read", "volume", v.Name, "err", err)
	}
	return out
}
