package vfs

import (
	"bytes"
	"context"
	"errors"
	"io"

	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// redo finds out after a crash what became of a change, finishes what had begun, and reports whether it
// happened.
func (t *Tree) redo(ctx context.Context, v *volume, n *note) (happened bool, err error) {
	if n.Way != nil {
		return t.redoClearing(ctx, v, n, func() (bool, error) { return t.became(ctx, v, n) })
	}
	return t.became(ctx, v, n)
}

// became is redo of what comes, whatever was in its way.
func (t *Tree) became(ctx context.Context, v *volume, n *note) (happened bool, err error) {
	dir, base, err := t.folderOf(ctx, v, n.Path)
	if err != nil {
		if missing(err) {
			return false, nil
		}
		return false, err
	}
	defer dir.Close()
	switch n.Verb {
	case VerbCreate:
		return t.redoPublish(ctx, v, n, dir, base)
	case verbAppend:
		return t.redoAppend(ctx, v, n, dir, base)
	case VerbMkdir:
		return exists(ctx, dir, base)
	case VerbRemove:
		return t.redoRemove(ctx, v, n, dir, base)
	case verbLeave:
		return t.redoLeave(ctx, v, n, dir, base)
	}
	return t.redoMove(ctx, v, n, dir, base)
}

// redoMove finds out whether a rename, a restore or the placing of a folder's copy happened: then its
// source is gone and its target is there.
func (t *Tree) redoMove(ctx context.Context, v *volume, n *note, dir driver.Folder, base string) (happened bool, err error) {
	there, err := exists(ctx, dir, base)
	if err != nil || !there {
		return false, err
	}
	now := infoAt(ctx, dir, base)
	n.Now = now.Version
	if n.Verb == VerbRename && fold(n.From) == fold(n.Path) && now.Name == base {
		return true, nil // only the spelling changed, on a disk that holds both for one name
	}
	var from driver.Folder
	name := n.Attic
	if n.Verb == VerbRename {
		from, name, err = t.folderOf(ctx, v, n.From)
	} else {
		from, err = t.atticAt(ctx, v, n.Near, n.Kind)
	}
	if err != nil {
		if missing(err) {
			return true, nil
		}
		return false, err
	}
	defer from.Close()
	left, err := exists(ctx, from, name)
	if left && err == nil && n.Pieces {
		return true, movePieces(ctx, from, name, dir, base)
	}
	return !left, err
}

// redoPublish finds out whether a stage was published. A stage that is gone was; one that is still
// there was not, and nobody was told that it was: it goes, unless its upload can be resumed.
func (t *Tree) redoPublish(ctx context.Context, v *volume, n *note, dir driver.Folder, base string) (bool, error) {
	stage, err := v.Driver.OpenStage(ctx, n.Stage)
	if missing(err) {
		return t.holds(ctx, dir, base, n.Content)
	}
	if err != nil {
		return false, translate(err)
	}
	happened := false
	if !n.Replace { // some disks link the new name before the old one goes
		if happened, err = t.holds(ctx, dir, base, n.Content); err != nil {
			stage.Close()
			return false, err
		}
	}
	if _, jerr := stage.Journal(); jerr == nil && !happened {
		return false, translate(stage.Close())
	}
	return happened, translate(stage.Discard())
}

// holds reports whether a name holds what was going to be published.
func (t *Tree) holds(ctx context.Context, dir driver.Folder, base string, c *store.Content) (bool, error) {
	obj, err := dir.Lookup(ctx, base, driver.WantRead)
	if missing(err) || errors.Is(err, driver.ErrKind) || errors.Is(err, driver.ErrOutside) {
		return false, nil
	}
	if err != nil {
		return false, translate(err)
	}
	defer obj.Close()
	info := obj.Info()
	c.Version = info.Version
	if info.Kind != KindFile || info.Size != c.Size || len(c.SHA256) == 0 {
		return info.Kind == KindFile && info.Size == c.Size, nil // a copy of unknown hash was synced first
	}
	f, err := obj.Open()
	if err != nil {
		return false, translate(err)
	}
	defer f.Close()
	return sameBytes(f, c)
}

func sameBytes(r io.ReaderAt, c *store.Content) (bool, error) {
	d := newDigest()
	buf := make([]byte, bufferSize)
	for done := false; !done; {
		var err error
		if done, err = d.step(r, c.Size, buf); err != nil {
			return false, translate(err)
		}
	}
	sha, _ := d.sums()
	return bytes.Equal(sha, c.SHA256), nil
}

// redoAppend appends what a crash left to append. Where it had not begun it does not begin.
func (t *Tree) redoAppend(ctx context.Context, v *volume, n *note, dir driver.Folder, base string) (bool, error) {
	stage, err := v.Driver.OpenStage(ctx, n.Stage)
	if err != nil {
		if missing(err) {
			return false, nil
		}
		return false, translate(err)
	}
	old := n.Content.Size - n.Event.Size
	begun, err := appendBegun(ctx, dir, base, stage, old)
	if err != nil {
		stage.Close()
		return false, err
	}
	if begun {
		info, err := t.appendRest(ctx, v, dir, base, stage, old)
		if err != nil {
			stage.Close()
			return false, err
		}
		n.Content.Version = info.Version
	}
	return begun, translate(stage.Discard())
}

// appendBegun reports whether a file that was old bytes long has since been continued with the first
// bytes of a stage.
func appendBegun(ctx context.Context, dir driver.Folder, base string, stage driver.Stage, old int64) (bool, error) {
	obj, err := dir.Lookup(ctx, base, driver.WantRead)
	if err != nil {
		if missing(err) || errors.Is(err, driver.ErrKind) {
			return false, nil
		}
		return false, translate(err)
	}
	defer obj.Close()
	size, err := stage.Size()
	there := obj.Info().Size - old
	if err != nil || there <= 0 || there > size {
		return false, translate(err)
	}
	f, err := obj.Open()
	if err != nil {
		return false, translate(err)
	}
	defer f.Close()
	a, b := newDigest(), newDigest()
	buf := make([]byte, bufferSize)
	for _, side := range []struct {
		d *digest
		r io.ReaderAt
	}{{a, io.NewSectionReader(f, old, there)}, {b, stage}} {
		for done := false; !done; {
			if done, err = side.d.step(side.r, there, buf); err != nil {
				return false, translate(err)
			}
		}
	}
	x, _ := a.sums()
	y, _ := b.sums()
	return bytes.Equal(x, y), nil
}

// redoRemove finds out whether a name went; a folder that goes piece by piece goes on.
func (t *Tree) redoRemove(ctx context.Context, v *volume, n *note, dir driver.Folder, base string) (bool, error) {
	there, err := exists(ctx, dir, base)
	if err != nil || n.Attic == "" {
		return !there, err
	}
	attic, err := t.atticAt(ctx, v, n.Near, store.AtticTrash)
	if err != nil {
		return !there, err
	}
	defer attic.Close()
	begun, err := exists(ctx, attic, n.Attic)
	if err == nil && there && begun && n.Pieces {
		err = movePieces(ctx, dir, base, attic, n.Attic)
		there = false
	}
	n.Now = infoAt(ctx, attic, n.Attic).Version
	return !there, err
}

// redoLeave takes away what a move that was recorded left at its source, unless it has changed since.
func (t *Tree) redoLeave(ctx context.Context, v *volume, n *note, dir driver.Folder, base string) (bool, error) {
	there, err := exists(ctx, dir, base)
	if err != nil || !there {
		return true, err
	}
	if n.Attic == "" && infoAt(ctx, dir, base).Version != n.Was {
		return false, nil
	}
	if n.Print != 0 && v.caps.RenameTree {
		var now survey
		now.mark("", infoAt(ctx, dir, base))
		err := inFolder(ctx, dir, base, func(dir driver.Folder) error { return now.count(ctx, dir, "", true) })
		if err != nil || now.print != n.Print {
			return false, err
		}
	}
	return true, t.leaveBy(ctx, v, dir, base, n)
}

// folderOf opens the folder of a name in a volume.
func (t *Tree) folderOf(ctx context.Context, v *volume, rel string) (driver.Folder, string, error) {
	at, base := splitRel(rel)
	obj, err := v.Driver.Lookup(ctx, at, driver.WantDir)
	if err != nil {
		return nil, "", translate(err)
	}
	defer obj.Close()
	dir, err := obj.Folder()
	return dir, base, translate(err)
}

func exists(ctx context.Context, dir driver.Folder, base string) (bool, error) {
	obj, err := dir.Lookup(ctx, base, driver.WantNoFollow)
	if missing(err) {
		return false, nil
	}
	if err != nil {
		return false, translate(err)
	}
	return true, translate(obj.Close())
}
