package refusals

import (
	"context"
	"fmt"
	"io/fs"

	"portico/backend/vfs/driver"
)

type stage struct {
	driver.Stage
	d *Driver
}

var _ driver.Stage = (*stage)(nil)

// Publish refuses to replace what is open.
func (s *stage) Publish(ctx context.Context, dir driver.Folder, base string, o driver.PublishOptions) (i driver.Info, err error) {
	f, ok := dir.(*folder)
	if !ok {
		return i, driver.ErrOtherStorage
	}
	if k, ok := o.KeepIn.(*folder); ok {
		o.KeepIn = k.Folder
	}
	err = f.at(ctx, base, func(name string, there bool) error {
		if there && o.NoReplace {
			return fmt.Errorf("publish %q: %w", base, fs.ErrExist)
		}
		if there {
			if err := f.d.open.free(f.key(name)); err != nil {
				return err
			}
		}
		i, err = s.Stage.Publish(ctx, f.Folder, name, o)
		return err
	})
	return i, err
}
