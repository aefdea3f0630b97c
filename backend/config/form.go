package config

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"portico/backend/access"
)

// checkForm says what is wrong with a text of a certain form ("" nothing), and what would be right
// ("" unknown). All but folder and tree may be empty.
func checkForm(form, s string) (cause, right string) {
	if i := strings.IndexFunc(s, func(r rune) bool { return r == utf8.RuneError || unicode.IsControl(r) }); i >= 0 {
		return "this holds characters that cannot be shown", ""
	}
	if s == "" && form != "folder" && form != "tree" && form != "listen" {
		return "", ""
	}
	switch form {
	case "listen":
		return checkListen(s)
	case "url":
		return checkURL(s)
	case "network":
		return checkNetwork(s)
	case "host":
		if !isHost(s) {
			return quote(s) + " is neither a name nor an address", ""
		}
	case "line":
		if utf8.RuneCountInString(s) > 100 {
			return "this is longer than 100 characters", string([]rune(s)[:100])
		}
	case "folder":
		return checkFolder(s)
	case "tree":
		return checkTree(s)
	}
	return "", ""
}

func checkListen(s string) (cause, right string) {
	if s == "off" {
		return "", ""
	}
	if s == "" {
		return "an address is missing; \"off\" closes the door", ":3923"
	}
	if strings.EqualFold(s, "off") {
		return `write it as "off"`, "off"
	}
	host, port, err := net.SplitHostPort(s)
	if err != nil {
		if _, numErr := strconv.ParseUint(s, 10, 16); numErr == nil {
			return "a colon is missing before the port", ":" + s
		}
		if addr, ipErr := netip.ParseAddr(strings.Trim(s, "[]")); ipErr == nil {
			return "the port is missing", net.JoinHostPort(addr.String(), "3923")
		}
		if isHost(s) {
			return "the port is missing", s + ":3923"
		}
		return quote(s) + " is no address with a port", ":3923"
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return quote(port) + " is no port; ports are numbers from 0 to 65535", net.JoinHostPort(host, "3923")
	}
	if host != "" && !isHost(host) {
		return quote(host) + " is neither a name nor an address", ":" + port
	}
	return "", ""
}

// isHost reports whether s is an IP address or could be a host name.
func isHost(s string) bool {
	if _, err := netip.ParseAddr(s); err == nil {
		return true
	}
	if len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(strings.TrimSuffix(s, "."), ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if strings.ContainsFunc(label, func(r rune) bool {
			return r != '-' && r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
		}) {
			return false
		}
	}
	return strings.ContainsFunc(s, unicode.IsLetter)
}

func checkURL(s string) (cause, right string) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		if isHost(s) {
			return "http:// or https:// is missing", "https://" + s
		}
		return quote(s) + " is no web address", ""
	}
	if !isHost(u.Hostname()) {
		return quote(u.Hostname()) + " is neither a name nor an address", ""
	}
	plain := u.Scheme + "://" + u.Host
	if s != plain {
		return "only scheme, name and port belong here", plain
	}
	return "", ""
}

func checkNetwork(s string) (cause, right string) {
	if _, err := netip.ParseAddr(s); err == nil {
		return "", ""
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return quote(s) + " is neither an address nor a network", ""
	}
	if p != p.Masked() {
		return "the network's address has bits behind its mask", p.Masked().String()
	}
	return "", ""
}

func checkFolder(s string) (cause, right string) {
	if s == "" {
		return "the folder is missing", ""
	}
	if filepath.IsAbs(s) {
		return "", ""
	}
	return "this must be a whole path, from the top of the disk", ""
}

func checkTree(s string) (cause, right string) {
	if s == "" {
		return "the place in the tree is missing", ""
	}
	if access.Canonical(s) {
		return "", ""
	}
	return quote(s) + " is no place in the tree: those begin with a slash and have no empty, . or .. part", access.Clean(s)
}

// checkWho judges a name of somebody: "*", NAME, "@GROUP".
func checkWho(who string) (cause string) {
	name := strings.TrimPrefix(who, "@")
	if name == "" || strings.ContainsAny(who, ",: \t") || strings.ContainsFunc(who, unicode.IsControl) {
		return quote(who) + ` names nobody; write "*" for everyone, NAME for an account, "@GROUP" for a group`
	}
	return ""
}

// checkGrant judges one line of perms.
func checkGrant(who, rights string) (cause, right string) {
	if cause := checkWho(who); cause != "" {
		return cause, `"*" = "r"`
	}
	if _, ok := access.ParseRight(rights); !ok {
		var known strings.Builder
		for _, c := range rights {
			if _, ok := access.ParseRight(string(c)); ok {
				known.WriteRune(c)
			}
		}
		if known.Len() == 0 {
			known.WriteByte('r')
		}
		return quote(rights) + " are no rights: r read, w add, m move, d delete, g get, h index pages, a administer, . hidden names, A all",
			bareOrQuoted(who) + " = " + quote(known.String())
	}
	return "", ""
}
