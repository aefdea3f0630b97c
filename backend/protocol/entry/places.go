package entry

import (
	"context"
	"errors"
	"net/netip"
	"strings"

	"portico/backend/access"
)

// Places says which account or device comes from an address, as the settings do.
type Places map[netip.Prefix]string

// At returns who comes from an address; of several networks the narrowest counts.
func (p Places) At(from netip.Addr) (name string, known bool) {
	from, best := from.Unmap().WithZone(""), -1
	for n, as := range p {
		if n.Contains(from) && n.Bits() > best {
			name, best = as, n.Bits()
		}
	}
	return name, best >= 0
}

// ErrOnly refuses whoever is not the one that may come so (Client.Only).
var ErrOnly = errors.New("only another account may come so")

// admits judges a name before its secret is looked at: whoever may not come so cannot guess either.
func (c Client) admits(name string) error {
	if c.Only != "" && !strings.EqualFold(name, c.Only) {
		return ErrOnly
	}
	return nil
}

// Admits reports whether id, who has shown a secret, may come so: ErrOnly, or what the store said. A token
// is as good as whom it acts for.
func (e *Entry) Admits(ctx context.Context, id access.Identity, c Client) error {
	if c.Only == "" {
		return nil
	}
	a, err := e.o.Accounts.Find(ctx, c.Only)
	if err != nil {
		return errors.Join(ErrOnly, err)
	}
	for who := &id; who != nil; who = who.Behind {
		if who.Kind == a.Kind && who.ID == a.ID {
			return nil
		}
	}
	return ErrOnly
}
