//go:build !linux && !windows

package machine

import (
	"context"
	"os"
	"runtime"
	"strings"

	"portico/backend/diagnose"
)

// socketfilter asks and changes the firewall of macOS.
const socketfilter = "/usr/libexec/ApplicationFirewall/socketfilterfw"

// Walls returns the firewall of the system. macOS asks the person at the first start of a program
// whether others may reach it, and keeps the answer by program, not by port.
func (m Machine) Walls(ctx context.Context, _ diagnose.Way) []diagnose.Wall {
	if runtime.GOOS != "darwin" {
		return nil
	}
	w := diagnose.Wall{Name: "macOS firewall", Unsure: true, Why: "it asks at the first start whether others may reach Portico; the answer can be changed in the system's settings"}
	said, ok := m.ask(ctx, socketfilter, "--getglobalstate")
	w.Active = !ok || strings.Contains(said, "enabled")
	if !w.Active {
		w.Unsure, w.Why = false, ""
	}
	program, err := os.Executable()
	if err != nil || !w.Active {
		return []diagnose.Wall{w}
	}
	w.Allow = "sudo " + socketfilter + " --unblockapp " + quote(program)
	if said, ok := m.ask(ctx, socketfilter, "--getappblocked", program); ok {
		blocked := strings.Contains(said, "is blocked") || strings.Contains(said, "block incoming")
		w.Unsure, w.Why, w.Open = false, "", !blocked
	}
	return []diagnose.Wall{w}
}

// Suites is not known on this system.
func (m Machine) Suites(context.Context) []string { return nil }
