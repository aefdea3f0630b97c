//go:build !linux

package localdisk

import (
	"context"
	"os"
)

// syncsDisks: one disk can be synced as a whole.
const syncsDisks = false

// oddNames: the usual disks of these systems fold case.
func oddNames(path string) (odd, folds bool) { return true, true }

func opener(portable bool) func(string) (dir, error) { return openRooted }

func clone(to, from *os.File) error { return errUnsupported }

// reserve: space is not asked for in advance here.
func reserve(f *os.File, size int64) error { return nil }

// SyncAll has no system call for one disk here: what was published since the last call is synced file
// by file.
func (d *Disk) SyncAll(ctx context.Context) error {
	a, err := d.acquire()
	if err != nil {
		return fault("sync", ".", err)
	}
	defer d.release(a)
	return fault("sync", ".", a.syncPublished(ctx, d.fresh.take()))
}
