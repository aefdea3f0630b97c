package account

import (
	"context"
	"fmt"
	"strings"
	"time"

	"portico/backend/access"
	"portico/backend/store"
)

// TokenPrefix begins our own tokens; dialects may issue theirs with another one.
const TokenPrefix = "portico_"

const (
	tokenBytes  = 24 // random ones behind the prefix: 32 characters
	tokenTouch  = time.Minute
	tokensEach  = 500
	tokenLength = 32 // characters behind the prefix
)

// NewToken asks for a token.
type NewToken struct {
	Name     string
	Mask     access.Right // its scope; with Admin and no Root it may also administer what its account may
	Root     string       // canonical tree path which it sees as "/"; "" the whole tree
	RootNode int64        // that folder, wherever it moves; 0: whatever is at Root
	Expires  time.Time    // zero: until revoked
	Prefix   string       // "" is TokenPrefix; a few lower-case letters and "_"
}

// IssuedToken is a token as its owner sees it listed.
type IssuedToken struct {
	ID   string
	Hint string // its first characters
	NewToken
	Created, Used time.Time // Used: zero never; exact to a minute
}

// CreateToken makes a token that acts for id (the owner, an account or a device) and returns its
// secret, which cannot be shown again. ErrSecret when it could do nothing or is misnamed.
func (a *Accounts) CreateToken(ctx context.Context, id access.Identity, n NewToken) (secret string, t IssuedToken, err error) {
	switch id.Kind {
	case access.Owner, access.Account, access.Device:
	default:
		return "", t, fmt.Errorf("%w: a %s has no tokens", ErrSecret, id.Kind)
	}
	if n.Prefix == "" {
		n.Prefix = TokenPrefix
	}
	secret = newToken(n.Prefix)
	if !IsToken(secret) {
		return "", t, fmt.Errorf("%w: tokens cannot begin with %q", ErrSecret, n.Prefix)
	}
	if n.Mask == 0 || expired(n.Expires, a.now()) {
		return "", t, fmt.Errorf("%w: it would give no right", ErrSecret)
	}
	if n.Root != "" {
		n.Root = access.Clean(n.Root)
	}
	if n.Name = Printable(strings.TrimSpace(n.Name), 60); n.Name == "" {
		return "", t, fmt.Errorf("%w: it needs a name", ErrName)
	}
	if _, err := a.Present(ctx, id); err != nil {
		return "", t, err
	}
	row := store.Token{
		ID: newID(), Digest: digest(secret), Hint: secret[:len(n.Prefix)+4], Kind: uint8(id.Kind), Account: id.ID,
		Name: n.Name, Mask: uint16(n.Mask), Root: n.Root, RootNode: n.RootNode, Created: a.now(), Expires: n.Expires,
	}
	if row.Seal, err = a.sealOf(ctx, id.ID); err != nil {
		return "", t, err
	}
	err = a.write(ctx, func(tx *store.Tx) error {
		have, err := tx.Tokens(row.Kind, row.Account)
		if err == nil && len(have) >= tokensEach {
			err = fmt.Errorf("%w: there are %d tokens already", ErrTaken, len(have))
		}
		if err != nil {
			return err
		}
		return tx.AddToken(&row)
	})
	if err != nil {
		return "", t, err
	}
	a.changed()
	return secret, issued(&row), nil
}

// IsToken reports whether a secret has the form of a token, so that it may stand where a client only
// has room for a password.
func IsToken(secret string) bool {
	prefix, rest, ok := strings.Cut(secret, "_")
	if !ok || len(prefix) < 2 || len(prefix) > 12 || len(rest) != tokenLength {
		return false
	}
	for _, c := range prefix {
		if c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// byToken finds who a token acts for and notes that it was used.
func (a *Accounts) byToken(ctx context.Context, secret string) (access.Identity, error) {
	var row store.Token
	id, err := a.who(ctx, func(tx *store.Tx) (_ *who, err error) {
		var ok bool
		if row, ok, err = tx.Token(digest(secret)); err != nil {
			return nil, err
		}
		if !ok {
			return nil, ErrGone
		}
		return a.presentToken(tx, &row)
	})
	if err != nil {
		return access.Identity{}, wrong(err)
	}
	now := a.now()
	if age := now.Sub(row.Used); age < 0 || age >= tokenTouch {
		err := a.store.Write(ctx, store.Fast, func(tx *store.Tx) error { return tx.UseToken(row.ID, now) })
		if err != nil {
			a.log.Warn("use of a token was not noted", "error", err)
		}
	}
	return id, nil
}

// Tokens returns the tokens that act for id, newest first.
func (a *Accounts) Tokens(ctx context.Context, id access.Identity) (out []IssuedToken, err error) {
	err = a.read(ctx, func(tx *store.Tx) error {
		rows, err := tx.Tokens(uint8(id.Kind), id.ID)
		for i := range rows {
			out = append(out, issued(&rows[i]))
		}
		return err
	})
	return out, err
}

func issued(row *store.Token) IssuedToken {
	prefix, _, _ := strings.Cut(row.Hint, "_")
	return IssuedToken{
		ID: row.ID, Hint: row.Hint, Created: row.Created, Used: row.Used,
		NewToken: NewToken{
			Name: row.Name, Mask: access.Right(row.Mask), Root: row.Root, RootNode: row.RootNode, Expires: row.Expires,
			Prefix: prefix + "_",
		},
	}
}

// RevokeToken ends a token of id; ErrGone when it has none such.
func (a *Accounts) RevokeToken(ctx context.Context, id access.Identity, token string) error {
	err := a.write(ctx, func(tx *store.Tx) error {
		ok, err := tx.DropToken(uint8(id.Kind), id.ID, token)
		if err == nil && !ok {
			err = ErrGone
		}
		return err
	})
	if err == nil {
		a.changed()
	}
	return err
}
