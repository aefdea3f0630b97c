//go:build !linux

package machine

import (
	"context"
	"runtime"
	"strings"
)

// Walls returns the firewalls that are on this computer. These systems ask the person at the first
// start of a program whether others may reach it, and keep the answer by program, not by port.
func Walls(ctx context.Context, _ int) []Wall {
	w := Wall{Name: "firewall", Unsure: true, Why: "it asks at the first start whether others may reach Portico; the answer can be changed in the system's settings"}
	switch runtime.GOOS {
	case "windows":
		w.Name = "Windows Defender Firewall"
		said, ok := ask(ctx, "netsh", "advfirewall", "show", "currentprofile", "state")
		w.Active = !ok || !strings.Contains(said, "OFF")
	case "darwin":
		w.Name = "macOS firewall"
		said, ok := ask(ctx, "/usr/libexec/ApplicationFirewall/socketfilterfw", "--getglobalstate")
		w.Active = !ok || strings.Contains(said, "enabled")
	default:
		return nil
	}
	return []Wall{w}
}
