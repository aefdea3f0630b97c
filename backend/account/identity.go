package account

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"portico/backend/access"
	"portico/backend/store"
)

// The two roles that mean something here. Any other name is kept for whoever invented it.
const (
	RoleAdmin = "admin" // administers this server; says nothing about files
	RoleUser  = "user"
)

// Present returns id as it is now: with today's groups, masks and roots, whatever id was when it
// signed in. ErrGone when it was deleted, revoked or has expired, ErrDisabled when it, or whoever it
// acts for, is disabled. Whoever keeps an identity for longer than one request asks this when
// Options.Changed was called. Links are not known here: see share.
func (a *Accounts) Present(ctx context.Context, id access.Identity) (access.Identity, error) {
	return a.who(ctx, func(tx *store.Tx) (*who, error) { return a.present(tx, id.Kind, id.ID) })
}

// who is an identity as rows tell of it. What needs more than the database is settled by resolve,
// outside of the transaction.
type who struct {
	id      access.Identity // without Behind and Root
	behind  *who
	root    string
	node    int64  // of root; 0: wherever root says
	account string // of a given account …
	seal    []byte // … whose password of that time this is; nil: not sealed
}

// who reads and resolves an identity.
func (a *Accounts) who(ctx context.Context, find func(*store.Tx) (*who, error)) (access.Identity, error) {
	var w *who
	if err := a.read(ctx, func(tx *store.Tx) (err error) {
		w, err = find(tx)
		return err
	}); err != nil {
		return access.Identity{}, err
	}
	return a.resolve(ctx, w)
}

func (a *Accounts) resolve(ctx context.Context, w *who) (id access.Identity, err error) {
	id = w.id
	if err := a.sealed(ctx, w.account, w.seal); err != nil {
		return access.Identity{}, err
	}
	if id.Root, err = a.where(ctx, w.root, w.node); err != nil {
		return access.Identity{}, err
	}
	if w.behind != nil {
		behind, err := a.resolve(ctx, w.behind)
		if err != nil {
			return access.Identity{}, err
		}
		id.Behind = &behind
	}
	if id.Home == "" {
		id.Home = id.Root
	}
	return id, nil
}

func (a *Accounts) present(tx *store.Tx, kind access.Kind, id string) (*who, error) {
	switch kind {
	case access.Owner:
		return &who{id: Owner()}, nil
	case access.Guest:
		return &who{id: Guest()}, nil
	case access.Token:
		t, ok, err := tx.TokenByID(id)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, ErrGone
		}
		return a.presentToken(tx, &t)
	case access.Account, access.Device:
		row, err := a.row(tx, id)
		if err != nil {
			return nil, err
		}
		if access.Kind(row.Kind) != kind {
			return nil, ErrGone
		}
		return a.presentRow(tx, &row)
	}
	return nil, ErrGone
}

// row finds an account by id, stored or given; ErrGone when there is none.
func (a *Accounts) row(tx *store.Tx, id string) (store.Account, error) {
	if g := a.givenByID(id); g != nil {
		return g.row, nil
	}
	row, ok, err := tx.Account(id)
	if err == nil && !ok {
		err = ErrGone
	}
	return row, err
}

// presentRow turns an account or device into who it is now; ErrDisabled when that is nobody.
func (a *Accounts) presentRow(tx *store.Tx, row *store.Account) (*who, error) {
	if row.Disabled {
		return nil, ErrDisabled
	}
	if access.Kind(row.Kind) != access.Device {
		return &who{id: access.Identity{
			Kind: access.Account, ID: row.ID, Name: row.Name, Groups: foldAll(row.Groups), Home: row.Home,
			Admin: row.Role == RoleAdmin,
		}}, nil
	}
	kind := access.Account
	if row.Parent == "" {
		kind = access.Owner
	}
	behind, err := a.present(tx, kind, row.Parent)
	if err != nil {
		return nil, err
	}
	return &who{
		id:     access.Identity{Kind: access.Device, ID: row.ID, Name: row.Name, Mask: access.Right(row.Mask)},
		behind: behind, root: row.Root, node: row.RootNode,
	}, nil
}

// presentToken turns a token into who shows it now.
func (a *Accounts) presentToken(tx *store.Tx, t *store.Token) (*who, error) {
	if expired(t.Expires, a.now()) {
		return nil, ErrGone
	}
	behind, err := a.present(tx, access.Kind(t.Kind), t.Account)
	if err != nil {
		return nil, err
	}
	return &who{
		id: access.Identity{
			Kind: access.Token, ID: t.ID, Name: fmt.Sprintf("%s (token “%s”)", behind.id.Name, t.Name),
			Home: behind.id.Home, Mask: access.Right(t.Mask),
		},
		behind: behind, root: t.Root, node: t.RootNode, account: t.Account, seal: t.Seal,
	}, nil
}

// sealed reports whether what was sealed for a given account is of the password it has now.
func (a *Accounts) sealed(ctx context.Context, account string, seal []byte) error {
	g := a.givenByID(account)
	if g == nil {
		return nil
	}
	now, err := g.seal(ctx)
	if err == nil && !bytes.Equal(now, seal) {
		err = ErrGone
	}
	return err
}

// where returns the place of a root now: it follows its folder. ErrDisabled when that is gone, or not
// in the tree now: whatever else stands under its old name is not what was meant.
func (a *Accounts) where(ctx context.Context, path string, node int64) (string, error) {
	if node == 0 || a.o.NodePath == nil {
		return path, nil
	}
	now, err := a.o.NodePath(ctx, node)
	switch {
	case err == nil:
		return now, nil
	case ctx.Err() != nil:
		return "", err
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("%w: its folder %s is gone: %w", ErrDisabled, path, err)
	}
	return "", fmt.Errorf("%w: its folder %s is not served now: %w", ErrDisabled, path, err)
}

func expired(at, now time.Time) bool { return !at.IsZero() && !now.Before(at) }

// wrong makes of what became of an identity what a stranger may hear.
func wrong(err error) error {
	if errors.Is(err, ErrGone) {
		return ErrWrong
	}
	return err
}
