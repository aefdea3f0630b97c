package share

import (
	"fmt"
	"net/netip"
	"strings"

	"portico/backend/store"
)

// private reports whether an address is of this computer or of a network that is private by its
// number. The zero address is this computer's own window.
func private(a netip.Addr) bool {
	return !a.IsValid() || a.IsLoopback() || a.IsPrivate() || a.IsLinkLocalUnicast()
}

// plainAddr is an address without what only tells how it was written.
func plainAddr(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

func (s *Shares) local(a netip.Addr) bool {
	return private(a) || s.o.Local != nil && s.o.Local(a)
}

// reachable reports whether a share is for a visitor from a. forwarded: a proxy or tunnel stands
// between, so that the address proves nothing for a share that is only for local networks.
func (s *Shares) reachable(row *store.Share, a netip.Addr, forwarded bool) bool {
	a = plainAddr(a)
	if !row.Public && forwarded {
		return false
	}
	if len(row.Networks) == 0 {
		return row.Public || s.local(a)
	}
	if !a.IsValid() {
		return true
	}
	for _, p := range prefixes(row.Networks) {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// checkNetworks refuses networks that are not local ones for a share that is.
func checkNetworks(networks []netip.Prefix, public bool) ([]string, error) {
	var out []string
	for _, p := range networks {
		if !p.IsValid() {
			return nil, fmt.Errorf("%w: not a network", ErrNetwork)
		}
		if p = p.Masked(); !public && !narrow(p) {
			return nil, fmt.Errorf("%w: %s", ErrNetwork, p)
		}
		out = append(out, p.String())
	}
	return out, nil
}

// narrow reports whether a network whose number is public is as small as those that one house or
// institute has, or is private by its number as a whole.
func narrow(p netip.Prefix) bool {
	if p.Addr().Is4() {
		return p.Bits() >= 16 || private(p.Addr()) && p.Bits() >= 8
	}
	return p.Bits() >= 48 || private(p.Addr()) && p.Bits() >= 7
}

func prefixes(texts []string) []netip.Prefix {
	var out []netip.Prefix
	for _, text := range texts {
		if p, err := netip.ParsePrefix(strings.TrimSpace(text)); err == nil {
			out = append(out, p)
		}
	}
	return out
}
