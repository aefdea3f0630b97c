package machine

import (
	"context"
	"os"
	"strings"

	"portico/backend/diagnose"
)

// Walls returns the firewalls that are on this computer, as they stand to a connection.
func (m Machine) Walls(ctx context.Context, way diagnose.Way) []diagnose.Wall {
	var out []diagnose.Wall
	if said, ok := m.ask(ctx, "ufw", "status", "verbose"); ok {
		out = append(out, ufw(said, way))
	} else if text, err := os.ReadFile("/etc/ufw/ufw.conf"); err == nil {
		// Only administrators may ask it, but everybody may read whether it is on.
		w := ufw("", way)
		w.Active = strings.Contains(string(text), "ENABLED=yes")
		if w.Unsure = w.Active; w.Unsure {
			w.Why = "only an administrator may see its rules (sudo ufw status)"
		}
		out = append(out, w)
	}
	if said, ok := m.ask(ctx, "firewall-cmd", "--state"); ok && said == "running" {
		out = append(out, m.firewalld(ctx, way))
	}
	for _, w := range out {
		if w.Active {
			return out // these two write the rules of the kernel
		}
	}
	if said, ok := m.ask(ctx, "nft", "-j", "list", "ruleset"); ok {
		if w, ok := nftables(said, way); ok && (w.Active || len(out) == 0) {
			out = append(out, w)
		}
		return out
	}
	if _, there := m.find("nft"); there && len(out) == 0 {
		out = append(out, diagnose.Wall{Name: "nftables", Unsure: true, Why: "only an administrator may see its rules (sudo nft list ruleset)"})
	}
	return out
}

// firewalld asks about the zone that a connection comes in through.
func (m Machine) firewalld(ctx context.Context, way diagnose.Way) diagnose.Wall {
	zone := ""
	if way.Interface != "" {
		said, _ := m.ask(ctx, "firewall-cmd", "--get-zone-of-interface="+way.Interface)
		zone = zoneOf(said)
	}
	if zone == "" {
		said, _ := m.ask(ctx, "firewall-cmd", "--get-default-zone")
		zone = zoneOf(said)
	}
	if zone == "" {
		zone = "public"
	}
	said, ok := m.ask(ctx, "firewall-cmd", "--zone="+zone, "--list-all")
	w := firewalld(zone, said, way)
	if !ok {
		w.Unsure, w.Why = true, "it did not tell its rules (sudo firewall-cmd --list-all)"
	}
	return w
}

// Suites names other programs that filter what comes in, of those that run.
func (m Machine) Suites(ctx context.Context) (out []string) {
	dirs, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	seen := map[string]bool{}
	for _, d := range dirs {
		if ctx.Err() != nil {
			return out
		}
		if name := d.Name(); name[0] < '0' || name[0] > '9' {
			continue
		}
		comm, err := os.ReadFile("/proc/" + d.Name() + "/comm")
		if err != nil {
			continue
		}
		if suite := suiteOf(strings.TrimSpace(string(comm))); suite != "" && !seen[suite] {
			seen[suite] = true
			out = append(out, suite)
		}
	}
	return out
}

// suiteOf is the product that a process belongs to, "" for all others. Names of processes have at most
// 15 characters.
func suiteOf(process string) string {
	return map[string]string{
		"opensnitchd": "OpenSnitch", "portmaster-core": "Portmaster", "portmaster-star": "Portmaster", "falcon-sensor": "CrowdStrike Falcon",
		"eset_rtp": "ESET", "ekrn": "ESET", "oaeventd": "ESET", "bdsecd": "Bitdefender", "wdavdaemon": "Microsoft Defender for Endpoint",
		"sentinelone-age": "SentinelOne", "kesl": "Kaspersky", "drweb-configd": "Dr.Web", "safesquid": "SafeSquid", "mblaunchd": "Malwarebytes",
	}[process]
}
