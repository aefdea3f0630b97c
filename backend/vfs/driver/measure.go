package driver

import "context"

// Measurer is a Folder that knows how much may be stored right there: another disk may be mounted
// below the volume's own. Optional; without it Driver.Usage counts.
type Measurer interface {
	Usage(ctx context.Context) (free, total int64, err error)
}
