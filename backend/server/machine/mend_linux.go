package machine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"portico/backend/diagnose"
)

// mendable are the programs that Mend may start.
func mendable() []string { return []string{"ufw", "firewall-cmd"} }

// Mends reports whether somebody could be asked for the rights that Mend needs.
func (m Machine) Mends() bool {
	if m.Root {
		return true
	}
	_, ok := in("pkexec", m.trusted()...)
	return ok
}

// trusted is where programs lie that may run with all rights: not wherever PATH leads.
func (m Machine) trusted() []string {
	if m.Folders != nil {
		return m.Folders
	}
	return []string{"/usr/sbin", "/usr/bin", "/sbin", "/bin"}
}

// Mend runs the steps one after the other, through polkit where this program may not do them itself:
// the system then asks the person at this computer, and Mend waits for at most two minutes.
func (m Machine) Mend(ctx context.Context, steps []diagnose.Step) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for _, s := range steps {
		if len(s) == 0 || !slices.Contains(mendable(), s[0]) {
			return diagnose.ErrByHand
		}
		if err := m.step(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// What pkexec says by its exit status.
const (
	dismissed     = 126
	notAuthorised = 127
)

func (m Machine) step(ctx context.Context, s diagnose.Step) error {
	program, ok := in(s[0], m.trusted()...)
	if !ok {
		return fmt.Errorf("%s is not installed", s[0])
	}
	name, args := program, []string(s[1:])
	if !m.Root {
		pkexec, ok := in("pkexec", m.trusted()...)
		if !ok {
			return diagnose.ErrNobody
		}
		name, args = pkexec, append([]string{program}, args...)
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.WaitDelay = time.Second
	said, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case !m.Root && errors.As(err, &exit) && exit.ExitCode() == dismissed:
		return diagnose.ErrDeclined
	case !m.Root && errors.As(err, &exit) && exit.ExitCode() == notAuthorised:
		return diagnose.ErrNobody
	}
	return fmt.Errorf("%s: %w: %s", s[0], err, strings.TrimSpace(string(said)))
}
