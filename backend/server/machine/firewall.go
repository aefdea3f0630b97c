package machine

import (
	"regexp"
	"strconv"
	"strings"
)

// Wall is one firewall of this computer.
type Wall struct {
	Name   string
	Active bool
	Open   bool // with Active: the port may come through, as far as it can be seen
	Unsure bool // it could not be seen: Why says what stood in the way
	Why    string
	Allow  string // the command that lets the port through
}

// ufw reads what `ufw status` says about a TCP port.
func ufw(said string, port int) Wall {
	w := Wall{Name: "ufw", Allow: "ufw allow " + strconv.Itoa(port) + "/tcp"}
	for line := range strings.Lines(said) {
		f := strings.Fields(line)
		switch {
		case len(f) >= 2 && f[0] == "Status:":
			w.Active = f[1] == "active"
		case len(f) >= 2 && strings.HasPrefix(f[1], "ALLOW") && covers(f[0], port):
			w.Open = true
		}
	}
	return w
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

// firewalld reads what `firewall-cmd --list-ports` says about a TCP port.
func firewalld(ports string, port int) Wall {
	w := Wall{Name: "firewalld", Active: true, Allow: "firewall-cmd --add-port=" + strconv.Itoa(port) + "/tcp"}
	for rule := range strings.FieldsSeq(ports) {
		w.Open = w.Open || strings.HasSuffix(rule, "/tcp") && covers(rule, port)
	}
	return w
}

var (
	nftHook   = regexp.MustCompile(`hook input [^\n]*policy (accept|drop)`)
	nftAccept = regexp.MustCompile(`dport (?:\{ )?([^}\n]*?)(?: \})? (?:counter [^\n]*)?accept`)
)

// nftables reads what `nft list ruleset` says about a TCP port. Only the usual shape is understood: an
// input chain that drops what no rule with the port accepts.
func nftables(rules string, port int) Wall {
	w := Wall{Name: "nftables", Allow: "nft add rule inet filter input tcp dport " + strconv.Itoa(port) + " accept"}
	for _, m := range nftHook.FindAllStringSubmatch(rules, -1) {
		w.Active = w.Active || m[1] == "drop"
	}
	for _, m := range nftAccept.FindAllStringSubmatch(rules, -1) {
		w.Open = w.Open || covers(strings.ReplaceAll(m[1], " ", ""), port)
	}
	return w
}
