//go:build unix

package drivertest

import "golang.org/x/sys/unix"

func makePipe(k *kit) {
	if err := unix.Mkfifo(k.host("pipe"), 0o644); err != nil {
		k.t.Skip("pipes cannot be made here: ", err)
	}
}
