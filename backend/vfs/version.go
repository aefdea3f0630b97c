package vfs

import (
	"context"
	"errors"

	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// mostVersions is how many earlier contents of one name are kept.
const mostVersions = 10

// keepVersion prepares that what a commit replaces is linked into the versions first.
func (t *Tree) keepVersion(s *Session, tg *target, n *note, o *driver.PublishOptions) (driver.Folder, error) {
	attic, err := tg.folder.Attic(s.ctx, store.AtticVersions)
	if err != nil {
		return nil, translate(err)
	}
	s.noteVersion(tg, n)
	o.KeepIn, o.KeepAs = attic, n.Attic
	return attic, nil
}

// noteVersion writes the row of a kept version into a note.
func (s *Session) noteVersion(tg *target, n *note) {
	n.Attic, n.Kind, n.Near = newID(), store.AtticVersions, tg.dir.rel
	n.Kept = s.kept(tg, store.AtticVersions, n.Attic, survey{Files: 1, Bytes: tg.info.Size})
	if known, ok := s.tree.contentAt(s.ctx, tg.vol, tg.rel); ok && known.Version == tg.info.Version {
		n.Kept.SHA256, n.Kept.CRC32 = known.SHA256, known.CRC32
	}
}

// sealAttic makes the name of a kept version durable; nil: none was kept.
func (t *Tree) sealAttic(ctx context.Context, attic driver.Folder) error {
	if attic == nil {
		return nil
	}
	return translate(attic.Sync(ctx))
}

// keepCopy puts a copy of a file into the versions, for a rename that replaces it: the name never
// vanishes.
func (t *Tree) keepCopy(ctx context.Context, tg *target, n *note) error {
	attic, err := tg.folder.Attic(ctx, store.AtticVersions)
	if err != nil {
		return translate(err)
	}
	defer attic.Close()
	src, err := tg.folder.Lookup(ctx, tg.base, driver.WantRead)
	if err != nil {
		return translate(err)
	}
	defer src.Close()
	stage, err := attic.Stage(ctx, driver.StageOptions{ID: newID(), Size: src.Info().Size, From: src})
	if err != nil {
		return translate(err)
	}
	if err = stage.SetTimes(src.Info().ModTime); err == nil {
		_, err = stage.Publish(ctx, attic, n.Attic, driver.PublishOptions{NoReplace: true})
	}
	if err != nil {
		stage.Discard()
	}
	return translate(err)
}

// trimVersions purges what is more than a name's share of versions.
func (t *Tree) trimVersions(v *volume, node int64) {
	err := t.store.Write(t.ctx, store.Fast, func(tx *store.Tx) error {
		list, err := tx.KeptOf(node, store.AtticVersions)
		if err != nil {
			return err
		}
		for i := mostVersions; i < len(list); i++ {
			list[i].Kind = store.AtticOldVersion
			if err := tx.PutKept(list[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		t.log.Warn("old versions could not be counted", "volume", v.Name, "err", err)
	}
	t.purgeSoon(v)
}
