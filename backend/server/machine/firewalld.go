package machine

import (
	"regexp"
	"strconv"
	"strings"

	"portico/backend/diagnose"
)

// Parts of a rich rule of firewalld.
var (
	richPort   = regexp.MustCompile(`\bport port="([0-9-]+)" protocol="(\w+)"`)
	richSource = regexp.MustCompile(`\bsource (NOT )?address="([^"]+)"`)
)

// firewalld reads what `firewall-cmd --zone=ZONE --list-all` says about a connection.
func firewalld(zone, said string, way diagnose.Way) diagnose.Wall {
	w := diagnose.Wall{Name: "firewalld", Active: true}
	port := strconv.Itoa(int(way.Port))
	if way.From.IsValid() {
		family := map[bool]string{true: "ipv4", false: "ipv6"}[way.From.Addr().Is4()]
		rule := `--add-rich-rule=rule family="` + family + `" source address="` + way.From.String() + `" port port="` + port + `" protocol="tcp" accept`
		w = fill(w, diagnose.Step{"firewall-cmd", "--zone=" + zone, rule}, diagnose.Step{"firewall-cmd", "--permanent", "--zone=" + zone, rule})
	} else {
		w.Allow = "sudo firewall-cmd --zone=" + zone + " --add-port=" + port + "/tcp"
	}
	refused := false
	rich := false
	for line := range strings.Lines(said) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		switch {
		case rich || strings.HasPrefix(strings.TrimSpace(line), "rule "):
			switch richVerdict(line, way) {
			case "accept":
				w.Open = true
			case "reject", "drop":
				refused = true
			}
		case key == "rich rules":
			rich = true
		case key == "target":
			w.Open = w.Open || strings.TrimSpace(value) == "ACCEPT"
		case key == "ports":
			for rule := range strings.FieldsSeq(value) {
				w.Open = w.Open || strings.HasSuffix(rule, "/tcp") && covers(rule, int(way.Port))
			}
		case key == "services":
			for service := range strings.FieldsSeq(value) {
				w.Open = w.Open || servicePort(service) == way.Port && way.Port != 0
			}
		case key == "protocols":
			w.Open = w.Open || strings.Contains(" "+value+" ", " tcp ")
		}
	}
	w.Open = w.Open && !refused
	return w
}

// richVerdict is what a rich rule does with a connection; "" nothing.
func richVerdict(line string, way diagnose.Way) string {
	f := strings.Fields(line)
	if len(f) == 0 || f[0] != "rule" {
		return ""
	}
	if m := richPort.FindStringSubmatch(line); m != nil {
		if m[2] != "tcp" || !covers(m[1], int(way.Port)) {
			return ""
		}
	} else if strings.Contains(line, "service ") || strings.Contains(line, "protocol ") || strings.Contains(line, "icmp") || strings.Contains(line, "forward-port") || strings.Contains(line, "masquerade") {
		return ""
	}
	if m := richSource.FindStringSubmatch(line); m != nil && way.From.IsValid() {
		network, ok := prefix(m[2])
		if !ok || m[1] != "" || !holds(network, way.From) {
			return ""
		}
	}
	for _, verdict := range []string{"accept", "reject", "drop"} {
		for _, word := range f {
			if word == verdict {
				return verdict
			}
		}
	}
	return ""
}

// servicePort is the port that one of firewalld's names opens, as far as doors use such ports.
func servicePort(service string) uint16 {
	return map[string]uint16{"http": 80, "https": 443, "ftp": 21, "ssh": 22, "http3": 443, "samba": 445, "tftp": 69, "nfs": 2049}[service]
}

// zoneOf is the zone that firewalld names for an interface: "home", or "no zone".
func zoneOf(said string) string {
	said = strings.TrimSpace(said)
	if said == "" || strings.ContainsAny(said, " \n'\"") {
		return ""
	}
	return said
}
