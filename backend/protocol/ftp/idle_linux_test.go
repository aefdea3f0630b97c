package ftp

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// idle waits until a program has read all of a pipe and has nothing to do for now.
func idle(pid int, r *os.File) error {
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		left, err := unix.IoctlGetInt(int(r.Fd()), unix.TIOCINQ)
		if err != nil {
			return err
		}
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return err
		}
		if _, state, _ := strings.Cut(string(stat), ") "); left == 0 && !strings.HasPrefix(state, "R") {
			return nil
		}
	}
	return errors.New("it does not send what it reads")
}
