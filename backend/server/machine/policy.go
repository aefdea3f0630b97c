package machine

import (
	"strconv"
	"strings"
)

// policyRule is one rule of the Windows firewall's policy store, as the registry keeps it:
// "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|Profile=Private|LPort=3923|App=C:\…\portico.exe|Name=Portico|".
type policyRule struct {
	active, in, allow bool
	protocol          string // "6" is TCP; "" any
	profiles, ports   []string
	app               string // lower case; "" any
}

// readPolicyRule reads a rule; expand replaces the names of variables in the program's path.
func readPolicyRule(text string, expand func(string) string) (r policyRule) {
	for part := range strings.SplitSeq(text, "|") {
		key, value, ok := strings.Cut(part, "=")
		if !ok {
			continue
		}
		switch key {
		case "Action":
			r.allow = strings.EqualFold(value, "Allow")
		case "Active":
			r.active = strings.EqualFold(value, "TRUE")
		case "Dir":
			r.in = strings.EqualFold(value, "In")
		case "Protocol":
			r.protocol = value
		case "Profile":
			r.profiles = append(r.profiles, value)
		case "LPort", "LPort2_10":
			r.ports = append(r.ports, value)
		case "App":
			r.app = strings.ToLower(windowsVariables(value, expand))
		}
	}
	return r
}

// windowsVariables writes %NAME% as ${NAME} for expand.
func windowsVariables(path string, expand func(string) string) string {
	parts := strings.Split(path, "%")
	if len(parts)%2 == 0 {
		return path
	}
	for i := 1; i < len(parts); i += 2 {
		parts[i] = expand("${" + parts[i] + "}")
	}
	return strings.Join(parts, "")
}

// covers reports whether a rule is about a program's port on a kind of network.
func (r *policyRule) covers(program, profile string, port uint16) bool {
	if !r.active || !r.in || r.protocol != "" && r.protocol != "6" || r.app != "" && r.app != strings.ToLower(program) {
		return false
	}
	fits := len(r.profiles) == 0
	for _, p := range r.profiles {
		fits = fits || strings.EqualFold(p, profile)
	}
	if len(r.ports) == 0 {
		return fits && r.app != "" // a rule of no program and no port is not about us
	}
	for _, p := range r.ports {
		first, last, ok := strings.Cut(p, "-")
		if !ok {
			last = first
		}
		from, err1 := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err1 == nil && err2 == nil && from <= int(port) && int(port) <= to {
			return fits
		}
	}
	return false
}

// admits reports whether a program's port is let in on a kind of network: what blocks comes before
// what allows, and what nothing allows is blocked.
func admits(rules []policyRule, program, profile string, port uint16) (open bool) {
	for _, r := range rules {
		if !r.covers(program, profile, port) {
			continue
		}
		if !r.allow {
			return false
		}
		open = true
	}
	return open
}

// windowsAllow is the command that lets a program in from home networks only.
func windowsAllow(program string) string {
	return `netsh advfirewall firewall add rule name="Portico" dir=in action=allow program="` + program + `" profile=private remoteip=localsubnet`
}

// foreign reports whether a registered product is not the system's own.
func foreign(title string) bool {
	title = strings.ToLower(title)
	return title != "" && !strings.HasPrefix(title, "windows ") && !strings.HasPrefix(title, "microsoft defender")
}

// sortable turns a SYSTEMTIME (year, month, day of the week, day, hour, minute, second, millisecond, two
// bytes each, little end first) into bytes that compare as times do.
func sortable(systemtime []byte) []byte {
	out := make([]byte, 0, 14)
	for i := 0; i+1 < len(systemtime); i += 2 {
		if i != 4 { // the day of the week
			out = append(out, systemtime[i+1], systemtime[i])
		}
	}
	return out
}
