package account

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"portico/backend/access"
	"portico/backend/store"
)

// Place is where a list of grants hangs.
type Place struct {
	Volume string // name of the volume
	Node   int64  // the folder, wherever it moves; 0: whatever is at Path
	Path   string // canonical tree path, of the time when Node was noted
}

// List is who may do what in a folder and below. It decides alone there: what is granted further up
// does not reach into it (access.Policy).
type List struct {
	Place
	Now     string // where its folder is; "" when that is gone, or not in the tree now
	Gone    bool   // for good
	Grants  []access.Grant
	By      string // who made it
	Created time.Time
}

// Policy returns the rules in force: the stored grants, each where its folder is now, and extra ones
// (of the command line and the configuration, which are never stored; a boundary for each mounted
// volume). Grants at the same path add up. Build it anew when Options.Changed was called; between a
// rename and that, access.Policy.Moved keeps the rules right.
func (a *Accounts) Policy(ctx context.Context, extra []access.Grant) (*access.Policy, error) {
	lists, err := a.Lists(ctx)
	if err != nil {
		return nil, err
	}
	all := append([]access.Grant(nil), extra...)
	for _, l := range lists {
		switch {
		case l.Now != "":
			all = append(all, l.Grants...)
		case !l.Gone:
			// It may be back at any moment. Until then nobody gets anything by it, and neither does
			// anybody get in because it is not in force.
			all = append(all, access.Boundary(l.Path))
		}
	}
	return access.NewPolicy(all), nil
}

// Lists returns the stored lists, ordered by the path they were made at.
func (a *Accounts) Lists(ctx context.Context) ([]List, error) {
	var rows []store.Grant
	if err := a.read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Grants()
		return err
	}); err != nil {
		return nil, err
	}
	var out []List
	for _, row := range rows {
		at := Place{row.Volume, row.Node, row.Path}
		if len(out) == 0 || out[len(out)-1].Place != at {
			now, err := a.where(ctx, row.Path, row.Node)
			if err != nil && !errors.Is(err, ErrDisabled) {
				return nil, err
			}
			out = append(out, List{Place: at, Now: now, Gone: errors.Is(err, fs.ErrNotExist), By: row.By, Created: row.Created})
		}
		l := &out[len(out)-1]
		l.Grants = append(l.Grants, access.Grant{
			Path:   l.Now,
			Who:    access.Subject{Kind: access.Kind(row.Kind), ID: row.ID, Group: fold(row.Group)},
			Rights: access.Right(row.Rights),
		})
	}
	return out, nil
}

// SetList makes grants the list of a place, replacing the one it had; their Path is not looked at.
// Without any grant the place has no list: what is granted further up holds again. ErrGone when an
// account does not exist.
func (a *Accounts) SetList(ctx context.Context, by access.Identity, at Place, grants []access.Grant) error {
	at.Path = access.Clean(at.Path)
	rows := make([]store.Grant, len(grants))
	for i, g := range grants {
		if err := checkSubject(g.Who); err != nil {
			return err
		}
		rows[i] = store.Grant{
			Volume: at.Volume, Node: at.Node, Path: at.Path, Kind: uint8(g.Who.Kind), ID: g.Who.ID, Group: g.Who.Group,
			Rights: uint16(g.Rights), By: by.Name, Created: a.now(),
		}
	}
	err := a.write(ctx, func(tx *store.Tx) error {
		if _, err := tx.DropGrants(at.Volume, at.Node, at.Path); err != nil {
			return err
		}
		for _, row := range rows {
			if row.ID != "" {
				if _, err := a.row(tx, row.ID); err != nil {
					return err
				}
			}
			if err := tx.AddGrant(row); err == store.ErrTaken {
				return fmt.Errorf("%w: the list names somebody twice", ErrTaken)
			} else if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		a.o.Changed()
	}
	return err
}

func checkSubject(s access.Subject) error {
	if s.Group != "" {
		_, _, err := cleanName(s.Group)
		return err
	}
	if s.Kind != access.Guest && s.Kind != access.Account || s.Kind == access.Guest && s.ID != "" {
		return fmt.Errorf("%w: a %s cannot be granted anything", ErrName, s.Kind)
	}
	return nil
}

// Subject reads whom a configuration means: "*" everyone, "@acct" every account, "@NAME" a group,
// else the name of an account. ErrGone when there is no such account.
func (a *Accounts) Subject(ctx context.Context, text string) (access.Subject, error) {
	if text == "*" {
		return access.Subject{Kind: access.Guest}, nil
	}
	if text == "@acct" {
		return access.Subject{Kind: access.Account}, nil
	}
	if group, ok := strings.CutPrefix(text, "@"); ok {
		_, folded, err := cleanName(group)
		return access.Subject{Group: folded}, err
	}
	found, err := a.Find(ctx, text)
	if err != nil {
		return access.Subject{}, fmt.Errorf("%w: %q", err, text)
	}
	return access.Subject{Kind: access.Account, ID: found.ID}, nil
}
