package ftp

import (
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// split takes a command apart. The argument is everything behind one space: names may begin and end
// with more.
func split(line string) (verb, arg string) {
	verb, arg, _ = strings.Cut(strings.TrimLeft(line, " \t"), " ")
	return strings.ToUpper(strings.TrimRight(verb, "\r\t")), arg
}

// parsePort reads what PORT is given (RFC 959): h1,h2,h3,h4,p1,p2.
func parsePort(arg string) (netip.AddrPort, bool) {
	var n [6]byte
	parts := strings.Split(strings.TrimSpace(arg), ",")
	if len(parts) != len(n) {
		return netip.AddrPort{}, false
	}
	for i, part := range parts {
		v, err := strconv.ParseUint(strings.TrimSpace(part), 10, 8)
		if err != nil {
			return netip.AddrPort{}, false
		}
		n[i] = byte(v)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(n[:4])), uint16(n[4])<<8|uint16(n[5])), true
}

// parseExtended reads what EPRT is given (RFC 2428): |family|address|port|. known is false for a family
// that is neither IPv4 nor IPv6.
func parseExtended(arg string) (at netip.AddrPort, known, ok bool) {
	arg = strings.TrimSpace(arg)
	if len(arg) < 2 || arg[0] < 33 || arg[0] > 126 {
		return at, false, false
	}
	parts := strings.Split(arg, arg[:1])
	if len(parts) != 5 || parts[0] != "" || parts[4] != "" {
		return at, false, false
	}
	if parts[1] != "1" && parts[1] != "2" {
		return at, false, true
	}
	addr, err := netip.ParseAddr(parts[2])
	port, perr := strconv.ParseUint(parts[3], 10, 16)
	if err != nil || perr != nil || addr.Zone() != "" || addr.Is4() != (parts[1] == "1") {
		return at, true, false
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(port)), true, true
}

// parseTime reads YYYYMMDDHHMMSS, with a fraction or without seconds, in UTC (RFC 3659 2.3).
func parseTime(text string) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	layout := "20060102150405"
	if len(whole) == 12 {
		layout = layout[:12]
	}
	t, err := time.ParseInLocation(layout, whole, time.UTC)
	if err != nil || len(fraction) > 9 {
		return time.Time{}, false
	}
	if fraction != "" {
		n, err := strconv.ParseUint((fraction + "000000000")[:9], 10, 32)
		if err != nil {
			return time.Time{}, false
		}
		t = t.Add(time.Duration(n))
	}
	return t, true
}

// stamp writes a time as parseTime reads it.
func stamp(t time.Time) string { return t.UTC().Format("20060102150405") }
