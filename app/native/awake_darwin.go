package native

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
)

// holder runs the system's own caffeinate, which ends with this program at the latest.
func holder(_, _ *Bus) func(context.Context) (func(), string, error) {
	return func(context.Context) (func(), string, error) {
		cmd := exec.Command("/usr/bin/caffeinate", "-i", "-w", strconv.Itoa(os.Getpid()))
		if err := cmd.Start(); err != nil {
			return nil, "", fmt.Errorf("%w: %w", ErrAbsent, err)
		}
		return func() { cmd.Process.Kill(); cmd.Wait() }, "caffeinate", nil
	}
}
