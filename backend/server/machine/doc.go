// Package machine looks at this computer as somebody who was called to help would: its firewall, its
// disks, its clock, its limits. It says what it saw, and that it could not see.
//
// It changes nothing, needs no more rights than it has, and knows nothing of what is served. Programs
// of the system that it asks have fixed arguments and three seconds.
package machine

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// ask runs a program of the system; ok is false where there is none, or it did not answer.
func ask(ctx context.Context, name string, args ...string) (said string, ok bool) {
	path, err := exec.LookPath(name)
	if err != nil {
		// Such programs lie where only administrators look.
		path = filepath.Join("/usr/sbin", name)
		if _, err := os.Stat(path); err != nil {
			return "", false
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err == nil
}
