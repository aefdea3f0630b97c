package account

import (
	"context"
	"crypto/sha256"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
)

// Authenticate says who shows c: ErrWrong, ErrDisabled, ErrTooMany, or what the store said.
//
// Random secrets (sessions, tokens) and keys are looked up and never wait. A password that was right
// lately, shown from the same network, costs a digest. Everything else costs one argon2id, whether
// the name exists or not, and counts against its network and its name until it turns out right; the
// same wrong password shown again is refused without being counted again.
func (a *Accounts) Authenticate(ctx context.Context, c Credential) (access.Identity, error) {
	if len(c.Secret) > maxSecret && c.Kind != Key || c.Secret == "" {
		return access.Identity{}, ErrWrong
	}
	switch c.Kind {
	case Session:
		return a.bySession(ctx, c)
	case Token:
		id, err := a.byToken(ctx, c.Secret)
		if err == ErrWrong {
			a.missed(ctx, c)
		}
		return id, err
	case Key:
		return a.byKey(ctx, c)
	case Password, PasswordOnly:
		if IsToken(c.Secret) {
			if id, err := a.byToken(ctx, c.Secret); err != ErrWrong {
				return id, err
			}
		}
		return a.byPassword(ctx, c)
	}
	return access.Identity{}, ErrWrong
}

// byPassword judges a name and a password, or a password alone.
func (a *Accounts) byPassword(ctx context.Context, c Credential) (access.Identity, error) {
	t := &attempt{from: Network(c.Remote), count: a.byNone}
	if c.Kind == Password {
		t.name, t.count = fold(c.Name), a.byName
		t.name = t.name[:min(len(t.name), 256)]
		t.judge = func(ctx context.Context) (string, error) { return a.withNameAndPassword(ctx, t.name, c.Secret) }
	} else {
		t.judge = func(ctx context.Context) (string, error) { return a.withPassword(ctx, c.Secret) }
	}
	t.mac = a.cache.sum(c.Kind, t.name, c.Secret, t.from.String())
	account, fresh, err := a.guarded(ctx, t)
	if err != nil {
		if err == ErrWrong && fresh {
			a.tellWrong(ctx, c)
		}
		return access.Identity{}, err
	}
	id, err := a.whose(ctx, t.mac, account)
	if err == nil && fresh {
		a.places.add(fold(id.Name), t.from)
		a.signedIn(ctx, id, c.Remote, c.Door, c.Client)
	}
	return id, wrong(err)
}

// whose returns the present identity of an account or device that was shown to be meant by m. What the
// store says of an account is asked once for each change of it, and not for each request.
func (a *Accounts) whose(ctx context.Context, m mac, account string) (access.Identity, error) {
	if w := a.cache.who(m); w != nil {
		return a.resolve(ctx, w)
	}
	if g := a.givenByID(account); g != nil {
		w, err := a.presentRow(nil, &g.row) // nothing of it is stored
		if err != nil {
			return access.Identity{}, err
		}
		return a.resolve(ctx, w)
	}
	changes := a.before()
	return a.who(ctx, func(tx *store.Tx) (*who, error) {
		row, err := a.row(tx, account)
		if err != nil {
			return nil, err
		}
		w, err := a.presentRow(tx, &row)
		if err == nil && w.behind == nil {
			a.remember(changes, func() { a.cache.tell(m, w) })
		}
		return w, err
	})
}

// withNameAndPassword returns whose name and password these are, "" for nobody's.
func (a *Accounts) withNameAndPassword(ctx context.Context, name, secret string) (account string, err error) {
	var row store.Account
	g := a.given(name)
	if g != nil {
		row = g.row
		row.Password, err = g.password(ctx)
	} else {
		err = a.read(ctx, func(tx *store.Tx) error {
			row, _, err = tx.AccountNamed(name)
			return err
		})
	}
	if err != nil {
		return "", err
	}
	ok, stale, err := a.hasher.verify(ctx, row.Password, secret)
	if err != nil || !ok {
		return "", err
	}
	if stale && g == nil {
		a.rehash(ctx, &row, secret)
	}
	return row.ID, nil
}

// withPassword returns whose password this is, "" for nobody's. The digest decides alone.
func (a *Accounts) withPassword(ctx context.Context, secret string) (account string, err error) {
	if g := a.givenWith(secret); g != nil {
		return g.row.ID, nil
	}
	digest := a.passwordOnly(secret)
	if digest == nil {
		return "", nil
	}
	err = a.read(ctx, func(tx *store.Tx) error {
		row, _, err := tx.AccountWithPassword(digest)
		account = row.ID
		return err
	})
	return account, err
}

// missed counts a wrong token against its network, once for the same one.
func (a *Accounts) missed(ctx context.Context, c Credential) {
	from := Network(c.Remote)
	m := a.cache.sum(Token, c.Secret)
	if a.wrongs.Has(from, m) {
		return
	}
	a.wrongs.Put(from, m)
	a.byAddr.Try(from)
	a.tellWrong(ctx, c)
}

func (a *Accounts) tellWrong(ctx context.Context, c Credential) {
	a.tally.Add(ctx, event.Event{
		Kind: event.Wrong, Remote: c.Remote, Door: c.Door, Client: Printable(c.Client, 200), Name: Printable(c.Name, 64),
	})
}

func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
