//go:build !linux

package localdisk_test

import "testing"

func mountMemory(t *testing.T, at, options string) bool { return false }

func bindMount(t *testing.T, from, at string) bool { return false }
