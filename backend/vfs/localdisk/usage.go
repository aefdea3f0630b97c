package localdisk

import (
	"context"

	"portico/backend/vfs/driver"
)

var _ driver.Measurer = (*folder)(nil)

// Usage is that of the disk on which the folder lies.
func (f *folder) Usage(ctx context.Context) (free, total int64, err error) {
	l, err := f.dir.list()
	if err != nil {
		return 0, 0, fault("usage", f.real, err)
	}
	defer l.Close()
	free, total, err = usageOf(l)
	return free, total, fault("usage", f.real, err)
}
