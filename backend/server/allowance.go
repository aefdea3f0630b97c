package server

import (
	"strings"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/config"
)

// allowance is one row of [quota] or [rate]: how much somebody may, by folded name; 0 is no bound.
type allowance map[string]int64

// allowances are all of them, read from the settings once per change.
type allowances struct {
	bytes, files, fileSize, up, down allowance
}

func newAllowances(c *config.Config) *allowances {
	return &allowances{
		bytes: allowanceOf(c.Quota.Bytes), files: allowanceOf(c.Quota.Files), fileSize: allowanceOf(c.Quota.FileSize),
		up: allowanceOf(c.Rate.Up), down: allowanceOf(c.Rate.Down),
	}
}

func allowanceOf[N ~int | ~int64](names map[string]N) allowance {
	out := make(allowance, len(names))
	for name, n := range names {
		if group, ok := strings.CutPrefix(name, "@"); ok {
			out["@"+account.Fold(group)] = int64(n)
		} else {
			out[account.Fold(name)] = int64(n)
		}
	}
	return out
}

// of is what an identity may: its own name decides, then the most generous of its groups, then @acct,
// then *. A token is whom it acts for, and so is a device that is not named itself. Guests and holders
// of a link are everybody.
func (a allowance) of(id access.Identity) int64 {
	if len(a) == 0 {
		return 0
	}
	switch id.Kind {
	case access.Owner:
		return 0
	case access.Token, access.Device:
		if n, ok := a[account.Fold(id.Name)]; ok && id.Kind == access.Device {
			return n
		}
		if id.Behind != nil {
			return a.of(*id.Behind)
		}
		return a.anyAccount()
	case access.Account:
		if n, ok := a[account.Fold(id.Name)]; ok {
			return n
		}
		if n, ok := a.groups(id.Groups); ok {
			return n
		}
		return a.anyAccount()
	}
	return a["*"]
}

// groups is what the most generous of some groups gives.
func (a allowance) groups(groups []string) (most int64, found bool) {
	for _, g := range groups {
		n, ok := a["@"+account.Fold(g)]
		switch {
		case !ok:
			continue
		case n == 0:
			return 0, true
		}
		most, found = max(most, n), true
	}
	return most, found
}

func (a allowance) anyAccount() int64 {
	if n, ok := a["@acct"]; ok {
		return n
	}
	return a["*"]
}

// named is what a device may by its own name only.
func (a allowance) named(name string) int64 { return a[account.Fold(name)] }
