package vfs

import (
	"context"

	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// leaving notes, for a move that is a copy, what is left to do at its source.
func (s *Session) leaving(p *pair, n *note, kind event.Kind, sum survey) {
	if kind != event.Renamed || p.from.isFolder() {
		n.Like, n.LikeVolume = p.from.rel, p.from.vol.Name
	}
	if kind != event.Renamed {
		return
	}
	n.From, n.FromVolume = p.from.rel, p.from.vol.Name
	n.Then = &note{Verb: verbLeave, Path: p.from.rel, Near: p.from.dir.rel, Was: p.from.info.Version, Silent: true}
	if p.from.info.Kind == KindFolder {
		n.Then.Attic, n.Then.Kind = newID(), store.AtticPurge
		n.Then.Kept = s.kept(p.from, store.AtticPurge, n.Then.Attic, sum)
		n.Then.Print = sum.print
	}
}

// leave takes the source of a move that was a copy away. Should that fail it is done at the next
// start: the move is recorded.
func (t *Tree) leave(ctx context.Context, from *target, n *note) {
	if n.Then == nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	err := t.leaveBy(ctx, from.vol, from.folder, from.base, n.Then)
	if err == nil {
		err = t.syncFolder(ctx, from.vol, from.dir.rel, from.folder)
	}
	if err == nil {
		err = t.settle(ctx, from.vol, n.then, n.Then)
	}
	if err != nil {
		t.log.Error("what was moved to another volume could not be removed here", "volume", from.vol.Name, "err", err)
	}
	t.dropLocks(from.path)
	t.loseWaiting(from)
	t.purgeSoon(from.vol)
}

// leaveBy is the act of verbLeave: a file goes, a folder goes where it is purged.
func (t *Tree) leaveBy(ctx context.Context, v *volume, dir driver.Folder, base string, n *note) error {
	if n.Attic == "" {
		return translate(dir.Remove(ctx, base))
	}
	_, err := moveToAttic(ctx, v, dir, base, n.Attic)
	return err
}
