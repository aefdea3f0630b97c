package localdisk

import (
	"fmt"
	"path/filepath"
	"runtime"
	"strings"

	"portico/backend/vfs/driver"
)

const (
	hiddenName = ".portico"
	besideName = ".portico-stage-" // and the instance, a dot, the id of the stage
	maxName    = 255               // bytes in a segment, on every disk that we know
)

// checkName refuses what is not a clean relative name, or what the disk could never hold.
func checkName(name string) error {
	if name == "." {
		return nil
	}
	for seg := range strings.SplitSeq(name, "/") {
		if err := checkBase(seg); err != nil {
			return err
		}
	}
	return nil
}

// checkBase refuses what cannot be one segment.
func checkBase(base string) error {
	switch {
	case base == "", base == ".", base == "..", strings.ContainsAny(base, "/\x00"):
		return fmt.Errorf("%w: %q is not a name", driver.ErrName, base)
	case len(base) > maxName:
		return fmt.Errorf("%w: longer than %d bytes", driver.ErrName, maxName)
	case runtime.GOOS == "windows" && (strings.ContainsAny(base, `\:`) || !filepath.IsLocal(base)):
		return fmt.Errorf("%w: %q is reserved on this system", driver.ErrName, base)
	}
	return nil
}

// checkNew refuses, besides, the names that are kept for ourselves.
func checkNew(base string) error {
	if err := checkBase(base); err != nil {
		return err
	}
	if strings.EqualFold(base, hiddenName) || isBeside(base) {
		return fmt.Errorf("%w: kept for unfinished uploads", driver.ErrName)
	}
	return nil
}

func isBeside(base string) bool {
	return len(base) > len(besideName) && strings.EqualFold(base[:len(besideName)], besideName)
}

// beside begins the names of this instance's stages beside their targets.
func (d *Disk) beside() string { return besideName + d.opts.Instance + "." }

// validID accepts letters, digits, "-" and "_".
func validID(id string, most int) bool {
	for _, c := range []byte(id) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return id != "" && len(id) <= most
}

// join puts a segment below a relative name.
func join(rel, base string) string {
	if rel == "." || rel == "" {
		return base
	}
	return rel + "/" + base
}
