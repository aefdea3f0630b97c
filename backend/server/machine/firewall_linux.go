package machine

import (
	"context"
	"os"
	"strings"
)

// Walls returns the firewalls that are on this computer, as they stand to a TCP port.
func Walls(ctx context.Context, port int) []Wall {
	var out []Wall
	if said, ok := ask(ctx, "ufw", "status"); ok {
		out = append(out, ufw(said, port))
	} else if text, err := os.ReadFile("/etc/ufw/ufw.conf"); err == nil {
		// Only administrators may ask it, but everybody may read whether it is on.
		w := ufw("", port)
		w.Active, w.Unsure, w.Why = strings.Contains(string(text), "ENABLED=yes"), true, "only an administrator may see its rules (sudo ufw status)"
		out = append(out, w)
	}
	if said, ok := ask(ctx, "firewall-cmd", "--state"); ok && said == "running" {
		ports, ok := ask(ctx, "firewall-cmd", "--list-ports")
		w := firewalld(ports, port)
		w.Unsure, w.Why = !ok, "it did not tell its ports (sudo firewall-cmd --list-all)"
		out = append(out, w)
	}
	if len(out) > 0 {
		return out // these two write the rules of the kernel
	}
	if rules, ok := ask(ctx, "nft", "list", "ruleset"); ok {
		out = append(out, nftables(rules, port))
	} else if text, err := os.ReadFile("/proc/net/ip_tables_names"); err != nil || strings.TrimSpace(string(text)) != "" {
		if _, err := os.Stat("/usr/sbin/nft"); err == nil {
			out = append(out, Wall{Name: "nftables", Unsure: true, Why: "only an administrator may see its rules (sudo nft list ruleset)"})
		}
	}
	return out
}
