//go:build unix && !linux

package localdisk

import "os"

// copyExtended: extended attributes are kept on Linux only.
func copyExtended(f, src *os.File) error { return nil }

func inheritACL(f *os.File, in dir) (done bool, err error) { return false, nil }
