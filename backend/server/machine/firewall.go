package machine

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	"portico/backend/diagnose"
)

// fill puts the command that opens a wall beside what was seen of it.
func fill(w diagnose.Wall, steps ...diagnose.Step) diagnose.Wall {
	var lines []string
	for _, s := range steps {
		line := "sudo"
		for _, word := range s {
			line += " " + quote(word)
		}
		lines = append(lines, line)
	}
	w.Allow, w.Steps = strings.Join(lines, " && "), steps
	return w
}

// quote writes a word as a person types it in a shell.
func quote(word string) string {
	if strings.ContainsAny(word, " \"'$") {
		return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	return word
}

// ufwAllow opens ufw for one network only.
func ufwAllow(w diagnose.Wall, way diagnose.Way) diagnose.Wall {
	port := strconv.Itoa(int(way.Port))
	if !way.From.IsValid() {
		w.Allow = "sudo ufw allow " + port + "/tcp"
		return w
	}
	return fill(w, diagnose.Step{"ufw", "allow", "from", way.From.String(), "to", "any", "port", port, "proto", "tcp"})
}

var columns = regexp.MustCompile(`\s{2,}`)

// ufw reads what `ufw status verbose` says about a connection. The first rule that matches decides.
func ufw(said string, way diagnose.Way) diagnose.Wall {
	w := ufwAllow(diagnose.Wall{Name: "ufw"}, way)
	decided := false
	for line := range strings.Lines(said) {
		if rest, ok := strings.CutPrefix(line, "Status:"); ok {
			w.Active = strings.TrimSpace(rest) == "active"
		}
		if rest, ok := strings.CutPrefix(line, "Default:"); ok && !decided {
			w.Open = strings.HasPrefix(strings.TrimSpace(rest), "allow (incoming)")
		}
		line, _, _ = strings.Cut(line, "#")
		f := columns.Split(strings.TrimSpace(line), -1)
		if len(f) < 3 || decided {
			continue
		}
		action, direction, _ := strings.Cut(f[1], " ")
		if direction != "" && direction != "IN" || !ufwTo(f[0], way) || !ufwFrom(f[2], way) {
			continue
		}
		switch action {
		case "ALLOW", "LIMIT":
			w.Open, decided = true, true
		case "DENY", "REJECT":
			w.Open, decided = false, true
		}
	}
	return w
}

// ufwTo reports whether the first column of a rule means a connection: "3923/tcp", "80,443/tcp (Nginx
// Full)", "192.168.1.20 3923/tcp on wlan0", "Anywhere (v6)".
func ufwTo(to string, way diagnose.Way) bool {
	to, six := strings.CutSuffix(to, " (v6)")
	if six && way.From.IsValid() && way.From.Addr().Is4() {
		return false
	}
	to, at, on := strings.Cut(to, " on ")
	if on && way.Interface != "" && strings.TrimSpace(at) != way.Interface {
		return false
	}
	if cut := strings.IndexByte(to, '('); cut > 0 {
		to = strings.TrimSpace(to[:cut])
	}
	words := strings.Fields(to)
	if len(words) == 0 {
		return false
	}
	if own, ok := prefix(words[0]); ok && strings.ContainsAny(words[0], ".:") && !strings.Contains(words[0], "/tcp") {
		if way.Addr.IsValid() && !own.Contains(way.Addr) {
			return false
		}
		if words = words[1:]; len(words) == 0 {
			return true
		}
	}
	return len(words) == 1 && covers(words[0], int(way.Port))
}

// ufwFrom reports whether the last column means everybody in a network: "Anywhere", "192.168.0.0/16".
func ufwFrom(from string, way diagnose.Way) bool {
	from, _ = strings.CutSuffix(from, " (v6)")
	from, at, on := strings.Cut(from, " on ")
	if on && way.Interface != "" && strings.TrimSpace(at) != way.Interface {
		return false
	}
	if from == "Anywhere" || !way.From.IsValid() {
		return true
	}
	network, ok := prefix(from)
	return ok && holds(network, way.From)
}

// prefix reads an address or a network.
func prefix(text string) (netip.Prefix, bool) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), true
	}
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	return netip.Prefix{}, false
}

// holds reports whether all of inner lies in outer.
func holds(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

// covers reports whether a firewall's way of writing ports means this TCP port: "3923", "3923/tcp",
// "3900:4000/tcp", "Anywhere".
func covers(rule string, port int) bool {
	rule, protocol, both := strings.Cut(rule, "/")
	if both && protocol != "tcp" {
		return false
	}
	if rule == "Anywhere" {
		return true
	}
	for one := range strings.SplitSeq(rule, ",") {
		first, last, isRange := strings.Cut(strings.ReplaceAll(one, "-", ":"), ":")
		if !isRange {
			last = first
		}
		from, err1 := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err1 == nil && err2 == nil && from <= port && port <= to {
			return true
		}
	}
	return false
}
