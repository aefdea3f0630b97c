package account

import (
	"context"
	"fmt"
	"slices"

	"portico/backend/access"
	"portico/backend/store"
)

// Change says what becomes different of an account; nil fields stay as they are.
type Change struct {
	Name     *string
	Role     *string // "" is RoleUser
	Groups   *[]string
	Home     *string // "" is "/"
	Settings *string
	Disabled *bool // true also signs it and its devices out everywhere

	Root     *string       // device only
	RootNode *int64        // device only
	Mask     *access.Right // device only
}

const maxSettings = 64 << 10

func (c Change) apply(row *store.Account) (err error) {
	if c.Name != nil {
		if row.Name, row.Folded, err = cleanName(*c.Name); err != nil {
			return err
		}
	}
	if c.Role != nil {
		row.Role = RoleUser
		if *c.Role != "" {
			if row.Role, _, err = cleanName(*c.Role); err != nil {
				return err
			}
		}
	}
	if c.Groups != nil {
		if row.Groups, err = cleanGroups(*c.Groups); err != nil {
			return err
		}
	}
	if c.Home != nil {
		row.Home = access.Clean(*c.Home)
	}
	if c.Settings != nil {
		if row.Settings = *c.Settings; len(row.Settings) > maxSettings {
			return fmt.Errorf("settings of %d bytes are too long", len(row.Settings))
		}
	}
	if c.Disabled != nil {
		row.Disabled = *c.Disabled
	}
	if access.Kind(row.Kind) != access.Device {
		return nil
	}
	if c.Root != nil {
		row.Root, row.RootNode = access.Clean(*c.Root), 0
	}
	if c.RootNode != nil {
		row.RootNode = *c.RootNode
	}
	if c.Mask != nil {
		row.Mask = uint16(*c.Mask)
	}
	return nil
}

func cleanGroups(groups []string) ([]string, error) {
	var out []string
	for _, g := range groups {
		shown, _, err := cleanName(g)
		if err != nil {
			return nil, fmt.Errorf("group %q: %w", g, err)
		}
		out = append(out, shown)
	}
	slices.Sort(out)
	return slices.CompactFunc(out, func(x, y string) bool { return fold(x) == fold(y) }), nil
}

// Update changes an account. ErrGone, ErrGiven, ErrName, ErrTaken.
func (a *Accounts) Update(ctx context.Context, id string, c Change) (Account, error) {
	var row *store.Account
	var touched []string
	err := a.write(ctx, func(tx *store.Tx) (err error) {
		if row, err = a.stored(tx, id); err != nil {
			return err
		}
		if err = c.apply(row); err != nil {
			return err
		}
		if err = a.free(tx, row); err != nil {
			return err
		}
		if touched, err = family(tx, row); err != nil {
			return err
		}
		for i := 0; row.Disabled && i < len(touched) && err == nil; i++ {
			err = dropSessions(tx, touched[i])
		}
		if err != nil {
			return err
		}
		row.Changed = a.now()
		return tx.SetAccount(row)
	})
	if err != nil {
		return Account{}, err
	}
	a.changed(touched...)
	return show(row), nil
}

func dropSessions(tx *store.Tx, id string) error {
	if err := signOut(tx, access.Account, id, ""); err != nil {
		return err
	}
	return signOut(tx, access.Device, id, "")
}

// SetPassword gives an account another password and ends all its sessions, except one ("" for none):
// whoever changes their own stays signed in where they did it. Tokens and keys stay: they are secrets
// of their own, listed and revoked by themselves. only: it may sign in without its name.
// ErrGone, ErrGiven, ErrSecret.
func (a *Accounts) SetPassword(ctx context.Context, id, password string, only bool, except string) error {
	if err := a.longEnough(password); err != nil {
		return err
	}
	return a.setPassword(ctx, id, password, only, func(tx *store.Tx, row *store.Account) error {
		return signOut(tx, access.Kind(row.Kind), row.ID, except)
	})
}

// Reset is the way back in: the account gets a random password, which is returned, and every other
// way in ends: sessions, tokens, keys, the password for SMB. It stays disabled if it was. ErrGone, ErrGiven.
func (a *Accounts) Reset(ctx context.Context, id string) (password string, err error) {
	password = newSecret()
	return password, a.setPassword(ctx, id, password, false, func(tx *store.Tx, row *store.Account) error {
		if err := signOut(tx, access.Kind(row.Kind), row.ID, ""); err != nil {
			return err
		}
		if _, err := tx.DropTokens(row.Kind, row.ID); err != nil {
			return err
		}
		if err := tx.DropKey(smbKey(row.ID)); err != nil {
			return err
		}
		return tx.DropSSHKeys(row.ID)
	})
}

func (a *Accounts) setPassword(ctx context.Context, id, password string, only bool, also func(*store.Tx, *store.Account) error) error {
	var fresh store.Account
	if err := a.hashInto(ctx, &fresh, password, only); err != nil {
		return err
	}
	kind := access.Account
	err := a.write(ctx, func(tx *store.Tx) error {
		row, err := a.stored(tx, id)
		if err != nil {
			return err
		}
		kind = access.Kind(row.Kind)
		row.Password, row.PasswordOnly, row.Changed = fresh.Password, fresh.PasswordOnly, a.now()
		if err := a.free(tx, row); err != nil {
			return err
		}
		if err := also(tx, row); err != nil {
			return err
		}
		return tx.SetAccount(row)
	})
	if err != nil {
		return err
	}
	a.changed(id)
	a.o.Ended(access.Identity{Kind: kind, ID: id})
	return nil
}

// rehash stores the same password at today's cost. That it cannot is no reason to refuse anybody.
func (a *Accounts) rehash(ctx context.Context, old *store.Account, password string) {
	hash, err := a.hasher.make(ctx, password)
	if err == nil {
		err = a.write(ctx, func(tx *store.Tx) error {
			row, ok, err := tx.Account(old.ID)
			if err != nil || !ok || row.Password != old.Password {
				return err
			}
			row.Password = hash
			return tx.SetAccount(&row)
		})
	}
	if err != nil {
		a.log.Warn("password was not hashed anew", "account", old.ID, "error", err)
	}
}
