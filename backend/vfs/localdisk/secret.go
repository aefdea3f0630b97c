package localdisk

import (
	"fmt"
	"path/filepath"

	"portico/backend/vfs/driver"
)

// secrets are the folders of Options.Hide.
type secrets []secret

type secret struct {
	meta
	path string // absolute, links resolved
}

func secretsAt(paths []string) (secrets, error) {
	var all secrets
	for _, p := range paths {
		real, err := filepath.Abs(p)
		if err != nil {
			return nil, err
		}
		if real, err = filepath.EvalSymlinks(real); err != nil {
			return nil, err
		}
		m, err := statPath(real)
		if err != nil {
			return nil, err
		}
		all = append(all, secret{m, real})
	}
	return all, nil
}

// has reports whether m is one of the folders.
func (s secrets) has(m meta) bool {
	for _, h := range s {
		if h.same(m) {
			return true
		}
	}
	return false
}

// holdsStill refuses to move m when one of the folders lies in it: it is in use under its name, and in
// the trash it would be deleted with what is around it.
func (s secrets) holdsStill(m meta) error {
	if !m.isDir() {
		return nil
	}
	for _, h := range s {
		for p := h.path; ; p = filepath.Dir(p) {
			if now, err := statPath(p); err == nil && now.same(m) {
				return fmt.Errorf("%w: it holds what Portico itself works with", driver.ErrBusy)
			}
			if p == filepath.Dir(p) {
				break
			}
		}
	}
	return nil
}
