package vfs

import (
	"context"
	"errors"
	"io/fs"

	"portico/backend/vfs/driver"
)

// moveName moves a name to another folder of the same driver: in one step where the storage can, and
// piece by piece where it has no renaming of folders.
func moveName(ctx context.Context, v *volume, from driver.Folder, base string, to driver.Folder, toBase string, noReplace bool) error {
	err := from.Rename(ctx, base, to, toBase, noReplace)
	if err == nil || v.caps.RenameTree || !errors.Is(err, driver.ErrKind) {
		return translate(err)
	}
	if there, eerr := exists(ctx, to, toBase); eerr != nil {
		return eerr
	} else if there {
		return fs.ErrExist
	}
	if err := movePieces(ctx, from, base, to, toBase); err != nil {
		return errors.Join(errUnknown, err)
	}
	return nil
}

// movePieces moves a folder entry by entry. Begun again it goes on where it was.
func movePieces(ctx context.Context, from driver.Folder, base string, to driver.Folder, toBase string) error {
	if err := to.Mkdir(ctx, toBase); err != nil && !errors.Is(err, fs.ErrExist) {
		return translate(err)
	}
	err := inFolder(ctx, from, base, func(src driver.Folder) error {
		return inFolder(ctx, to, toBase, func(dst driver.Folder) error {
			var list []driver.Info
			for info, err := range src.Names(ctx) {
				if err != nil {
					return translate(err)
				}
				list = append(list, info)
			}
			for _, info := range list {
				move := func() error { return translate(src.Rename(ctx, info.Name, dst, info.Name, false)) }
				if info.Kind == KindFolder {
					move = func() error { return movePieces(ctx, src, info.Name, dst, info.Name) }
				}
				if err := move(); err != nil && !missing(err) {
					return err
				}
			}
			return nil
		})
	})
	if err != nil && !missing(err) {
		return err
	}
	if err := translate(from.Remove(ctx, base)); err != nil && !missing(err) {
		return err
	}
	return nil
}
