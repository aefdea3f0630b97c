package native

import (
	"context"
	"fmt"
	"os/exec"
)

// Notifier shows notices by the system's own script runner: text only, without actions, and nobody tells
// what becomes of them.
type Notifier struct{}

// NewNotifier makes a Notifier. It needs no bus.
func NewNotifier(*Bus) *Notifier { return &Notifier{} }

// Close does nothing.
func (*Notifier) Close() {}

// Show shows a notice. Its number is 0: it can be neither replaced nor withdrawn.
func (*Notifier) Show(ctx context.Context, what Notice) (uint32, error) {
	// The texts are arguments, never part of the script.
	err := exec.CommandContext(ctx, "/usr/bin/osascript",
		"-e", "on run argv",
		"-e", "display notification (item 2 of argv) with title (item 1 of argv)",
		"-e", "end run",
		"--", line(what.Title, longestTitle), line(what.Body, longestBody)).Run()
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrAbsent, err)
	}
	if what.Closed != nil {
		what.Closed()
	}
	return 0, nil
}

// Withdraw does nothing.
func (*Notifier) Withdraw(context.Context, uint32) error { return nil }
