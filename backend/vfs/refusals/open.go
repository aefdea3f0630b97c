package refusals

import (
	"fmt"
	"strings"
	"sync"

	"portico/backend/vfs/driver"
)

// opened counts the open files by their canonical names.
type opened struct {
	mu sync.Mutex
	n  map[string]int
}

func (o *opened) add(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.n == nil {
		o.n = map[string]int{}
	}
	o.n[name]++
}

func (o *opened) done(name string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.n[name]--; o.n[name] == 0 {
		delete(o.n, name)
	}
}

// free refuses when the file, or one below the folder, is open.
func (o *opened) free(name string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for open := range o.n {
		if open == name || strings.HasPrefix(open, name+"/") {
			return fmt.Errorf("%q: %w", name, driver.ErrBusy)
		}
	}
	return nil
}
