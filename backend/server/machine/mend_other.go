//go:build !linux

package machine

import (
	"context"

	"portico/backend/diagnose"
)

// Mends is false: on this system only a person changes the firewall.
func (m Machine) Mends() bool { return false }

// Mend does nothing on this system.
func (m Machine) Mend(context.Context, []diagnose.Step) error { return diagnose.ErrByHand }
