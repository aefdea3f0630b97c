package share

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/event"
	"portico/backend/store"
)

// Change says what becomes different of a share; nil fields stay as they are.
type Change struct {
	Title    *string
	Preset   *Preset
	Mask     *access.Right // with Preset Custom
	Expires  *time.Time    // zero: until it is stopped
	MaxUses  *int64        // 0: no limit
	Password *string       // "": none
	Networks *[]netip.Prefix
	Public   *bool
	Paused   *bool
	Ask      *bool // whoever was inside before is no new device

	hash string // of Password, by prepare
}

// prepare does what a change needs and takes time: it judges its rights and hashes its password. by
// is the maker, who asks for the change may be somebody else: neither hands out what they do not have.
func (s *Shares) prepare(ctx context.Context, c *Change, row *store.Share, path string, by, who access.Identity) (err error) {
	if c.Preset != nil {
		mask, ok := c.Preset.Rights()
		if !ok {
			if *c.Preset != Custom || c.Mask == nil || *c.Mask == 0 {
				return fmt.Errorf("%w: %q says nothing about rights", ErrRights, *c.Preset)
			}
			mask = *c.Mask
		}
		if len(row.Items) > 0 && !(access.Read | access.Get).Covers(mask) {
			return fmt.Errorf("%w: a selection can be looked at and downloaded only", ErrRights)
		}
		for _, at := range objects(row, path) {
			for _, id := range []access.Identity{by, who} {
				has := s.o.Policy().Rights(id, at)
				if mask.Has(access.Admin) || !has.Covers(mask) {
					return fmt.Errorf("%w: %q is more than the %q that %s has there", ErrRights, mask, has, id.Name)
				}
			}
		}
		c.Mask = &mask
	}
	if c.Password != nil && *c.Password != "" {
		c.hash, err = s.o.Accounts.Hash(ctx, *c.Password)
	}
	return err
}

// objects are the paths that a share at path is of.
func objects(row *store.Share, path string) []string {
	if len(row.Items) == 0 {
		return []string{path}
	}
	var out []string
	for _, name := range itemNames(row.Items) {
		out = append(out, access.Join(path, name))
	}
	return out
}

// apply puts a prepared change into a row.
func (s *Shares) apply(row *store.Share, c *Change) (err error) {
	if c.Title != nil {
		if row.Title = account.Printable(strings.TrimSpace(*c.Title), 120); row.Title == "" {
			row.Title = "Everything"
		}
	}
	if c.Preset != nil {
		row.Preset, row.Mask = string(*c.Preset), uint16(*c.Mask)
	}
	if c.Expires != nil {
		row.Expires, row.Ended = *c.Expires, time.Time{}
		if s.expired(row) {
			return fmt.Errorf("a share cannot end in the past (%s)", c.Expires.Format(time.RFC3339))
		}
	}
	if c.MaxUses != nil {
		row.MaxUses = max(0, *c.MaxUses)
	}
	if c.Paused != nil {
		row.Paused = *c.Paused
	}
	if c.Password != nil {
		row.Password = c.hash
	}
	if c.Ask != nil {
		row.Ask = *c.Ask
	}
	if c.Public != nil {
		row.Public = *c.Public
	}
	networks := prefixes(row.Networks)
	if c.Networks != nil {
		networks = *c.Networks
	}
	row.Networks, err = checkNetworks(networks, row.Public)
	return err
}

// List returns the shares that by may see, newest first: their own, or all for whoever administers.
func (s *Shares) List(ctx context.Context, by access.Identity) ([]Share, error) {
	var rows []store.Share
	if err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Shares()
		return err
	}); err != nil {
		return nil, err
	}
	all := s.o.Policy().Administers(by)
	var out []Share
	for i := range rows {
		if all || mine(&rows[i], by) {
			out = append(out, s.present(ctx, &rows[i]))
		}
	}
	return out, nil
}

// Get returns a share by id; ErrNone also when it is somebody else's.
func (s *Shares) Get(ctx context.Context, by access.Identity, id string) (Share, error) {
	row, err := s.find(ctx, by, id)
	if err != nil {
		return Share{}, err
	}
	return s.present(ctx, row), nil
}

// present is show, with where the thing is now.
func (s *Shares) present(ctx context.Context, row *store.Share) Share {
	out := s.show(row)
	id, why, err := s.identity(ctx, row)
	if id.Root != "" {
		out.Path = objectOf(id)
	}
	if errors.Is(err, ErrNone) && out.State == Open {
		out.State, out.Why = Gone, why
	}
	return out
}

// find returns a row that by may see; ErrNone.
func (s *Shares) find(ctx context.Context, by access.Identity, id string) (*store.Share, error) {
	var row store.Share
	var ok bool
	err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		row, ok, err = tx.Share(id)
		return err
	})
	if err == nil && (!ok || !mine(&row, by) && !s.o.Policy().Administers(by)) {
		err = ErrNone
	}
	return &row, err
}

// mine reports whether by made a share, or a token of theirs did.
func mine(row *store.Share, by access.Identity) bool {
	if by.Kind == access.Guest || by.Kind == access.Link {
		return false
	}
	return access.Kind(row.By.Kind) == by.Kind && row.By.ID == by.ID ||
		access.Kind(row.OfKind) == by.Kind && row.OfID == by.ID
}

// Update changes a share of one's own, or any for whoever administers. Opening it to other than local
// networks gives it a new, long key (Share.Rekeyed). ErrNone, and as Create.
func (s *Shares) Update(ctx context.Context, by access.Identity, id string, c Change) (Share, error) {
	row, err := s.find(ctx, by, id)
	if err != nil {
		return Share{}, err
	}
	var maker access.Identity
	path := row.Path
	if c.Preset != nil {
		if maker, err = s.o.Accounts.Present(ctx, madeBy(row)); err != nil {
			return Share{}, err
		}
		if path, err = s.where(ctx, row); err != nil {
			return Share{}, err
		}
	}
	if err := s.prepare(ctx, &c, row, path, maker, by); err != nil {
		return Share{}, err
	}
	rekeyed := false
	err = s.store.Write(ctx, store.Durable, func(tx *store.Tx) error {
		now, ok, err := tx.Share(id)
		if err == nil && !ok {
			err = ErrNone
		}
		if err != nil {
			return err
		}
		row = &now
		was, paused := now.Public, now.Paused
		if err := s.apply(row, &c); err != nil {
			return err
		}
		opened := !was && len(row.Key) <= shortKey
		bared := row.Password == "" && len(row.Key) < guessable
		if rekeyed = row.Public && (opened || bared); rekeyed {
			row.Key = newKey(longKey)
		}
		if err := tx.SetShare(row); err != nil || row.Paused == paused {
			return err
		}
		kind := event.Resumed
		if row.Paused {
			kind = event.Paused
		}
		return tx.Append(told(kind, row, by))
	})
	if err != nil {
		return Share{}, err
	}
	if !row.Ask {
		s.asks.drop(id)
	}
	s.changed()
	out := s.present(ctx, row)
	out.Rekeyed = rekeyed
	return out, nil
}

// Pause lets a share of one's own, or any for whoever administers, open for nobody: visitors read what
// they read where there is none. ErrNone.
func (s *Shares) Pause(ctx context.Context, by access.Identity, id string) (Share, error) {
	paused := true
	return s.Update(ctx, by, id, Change{Paused: &paused})
}

// Resume lets a paused share open again, with its key and all that it allows. ErrNone.
func (s *Shares) Resume(ctx context.Context, by access.Identity, id string) (Share, error) {
	paused := false
	return s.Update(ctx, by, id, Change{Paused: &paused})
}

// madeBy names the maker of a share.
func madeBy(row *store.Share) access.Identity {
	return access.Identity{Kind: access.Kind(row.By.Kind), ID: row.By.ID, Name: row.By.Name}
}

// End stops a share of one's own, or any for whoever administers. Its key opens nothing any more and
// is not given to another. ErrNone.
func (s *Shares) End(ctx context.Context, by access.Identity, id string) error {
	row, err := s.find(ctx, by, id)
	if err != nil {
		return err
	}
	err = s.store.Write(ctx, store.Durable, func(tx *store.Tx) error {
		if ok, err := tx.DropShare(id); err != nil {
			return err
		} else if !ok {
			return ErrNone
		}
		return tx.Append(told(event.Unshared, row, by))
	})
	if err == nil {
		s.asks.drop(id)
		s.changed()
	}
	return err
}
