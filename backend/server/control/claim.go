package control

import (
	"fmt"
	"os"
	"path/filepath"
)

// Claim is the right to be the one process that uses a data folder.
type Claim struct{ f *os.File }

// Take claims the data folder, which must exist. ErrRunning when another process holds it.
func Take(dir string) (*Claim, error) {
	f, err := os.OpenFile(filepath.Join(dir, "portico.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lock(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return &Claim{f}, nil
}

// Release gives the data folder back. The file stays: removing it would let two processes hold
// locks on two files of one name.
func (c *Claim) Release() error { return c.f.Close() }
