//go:build unix

package localdisk_test

import (
	"io/fs"
	"syscall"
)

// names is how many hard links a file has.
func names(fi fs.FileInfo) uint64 { return uint64(fi.Sys().(*syscall.Stat_t).Nlink) }
