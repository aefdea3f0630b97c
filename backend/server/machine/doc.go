// Package machine looks at this computer as somebody who was called to help would: its firewall, its
// networks, its disks, its clock, its limits. It says what it saw, and that it could not see.
//
// It changes nothing but what Mend is told to, needs no more rights than it has, and knows nothing of
// what is served. Programs of the system that it asks have fixed arguments and three seconds.
package machine

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Machine is this computer (diagnose.Machine). Its methods may be called from many goroutines.
type Machine struct {
	// Folders is where programs of the system are looked for; nil: where they are.
	Folders []string
	// Root: this program may do everything itself.
	Root bool
}

// New returns this computer as it is.
func New() Machine { return Machine{Root: os.Geteuid() == 0} }

// find returns where a program of the system is.
func (m Machine) find(name string) (path string, ok bool) {
	if m.Folders == nil {
		if path, err := exec.LookPath(name); err == nil {
			return path, true
		}
		// Such programs lie where only administrators look.
		return in(name, "/usr/sbin", "/sbin")
	}
	return in(name, m.Folders...)
}

func in(name string, folders ...string) (path string, ok bool) {
	for _, dir := range folders {
		path := filepath.Join(dir, name)
		if about, err := os.Stat(path); err == nil && about.Mode().IsRegular() && about.Mode()&0o111 != 0 {
			return path, true
		}
	}
	return "", false
}

// ask runs a program of the system; ok is false where there is none, or it did not answer.
func (m Machine) ask(ctx context.Context, name string, args ...string) (said string, ok bool) {
	path, ok := m.find(name)
	if !ok {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.WaitDelay = 200 * time.Millisecond // for what it started and left behind
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err == nil
}
