//go:build !linux

package vfstest_test

import (
	"testing"

	"portico/backend/vfs"
)

func fuseClient(t *testing.T, _ *vfs.Session) client {
	t.Skip("the kernel mount is tried on Linux")
	return nil
}
