package account

import (
	"context"
	"crypto/sha256"
	"time"

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

// attempt is one password being judged.
type attempt struct {
	Credential
	from Net
	name string // folded; "" for PasswordOnly
	mac  mac

	counted bool   // against the name, too
	account string // whose password it is, once that is known
}

// byPassword judges a password: known right, known wrong, too many, or by hashing it.
func (a *Accounts) byPassword(ctx context.Context, c Credential) (access.Identity, error) {
	t := &attempt{Credential: c, from: Network(c.Remote)}
	if c.Kind == Password {
		t.name = fold(c.Name)
		t.name = t.name[:min(len(t.name), 256)]
	}
	t.mac = a.cache.sum(c.Kind, t.name, c.Secret, t.from.String())
	if id, done, err := a.known(ctx, t); done {
		return id, err
	}
	first, land, err := a.cache.alone(ctx, t.mac)
	if err != nil {
		return access.Identity{}, err
	}
	defer land()
	if !first {
		if id, done, err := a.known(ctx, t); done {
			return id, err
		}
	}
	if wait := a.admit(t); wait > 0 {
		return access.Identity{}, ErrTooMany{wait}
	}
	changes := a.changes.Load()
	id, err := a.judge(ctx, t)
	current := a.changes.Load() == changes
	if err == ErrWrong {
		if current {
			a.cache.putWrong(t.from, t.mac)
		}
		a.tellWrong(ctx, c)
		return id, err
	}
	a.release(t) // right, or not judged at all
	if t.account != "" && current {
		a.cache.put(t.mac, t.account)
	}
	if err == nil {
		a.places.add(fold(id.Name), t.from)
		a.places.add(t.name, t.from)
		a.signedIn(ctx, id, c.Remote, c.Door, c.Client)
	}
	return id, err
}

// known answers from what was judged lately; done is false when that says nothing.
func (a *Accounts) known(ctx context.Context, t *attempt) (id access.Identity, done bool, err error) {
	account, hit := a.cache.get(t.mac)
	if !a.byAddr.Probe(t.from, hit) {
		return id, true, ErrTooMany{max(a.byAddr.Wait(t.from), time.Second)}
	}
	if hit {
		id, err = a.whose(ctx, account)
		return id, true, wrong(err)
	}
	if a.cache.isWrong(t.from, t.mac) {
		return id, true, ErrWrong
	}
	return id, false, nil
}

// whose returns the present identity of an account or device.
func (a *Accounts) whose(ctx context.Context, account string) (access.Identity, error) {
	return a.who(ctx, func(tx *store.Tx) (*who, error) {
		row, err := a.row(tx, account)
		if err != nil {
			return nil, err
		}
		return a.presentRow(tx, &row)
	})
}

// admit counts an attempt in advance; above 0 it is how long to wait instead. A network from which
// the name signed in before does not wait for what others did to that name.
func (a *Accounts) admit(t *attempt) time.Duration {
	if wait := a.byAddr.Try(t.from); wait > 0 {
		return wait
	}
	if a.places.has(t.name, t.from) {
		return 0
	}
	wait := a.counter(t).Try(t.name)
	if t.counted = wait == 0; !t.counted {
		a.byAddr.Back(t.from)
	}
	return wait
}

// release takes back what admit counted.
func (a *Accounts) release(t *attempt) {
	a.byAddr.Back(t.from)
	if t.counted {
		a.counter(t).Back(t.name)
	}
}

// counter counts attempts against a name, or those that name nobody.
func (a *Accounts) counter(t *attempt) *Backoff[string] {
	if t.Kind == PasswordOnly {
		return a.byNone
	}
	return a.byName
}

// judge finds the account and compares its password.
func (a *Accounts) judge(ctx context.Context, t *attempt) (id access.Identity, err error) {
	if t.Kind == PasswordOnly {
		t.account, err = a.withPassword(ctx, t.Secret)
	} else {
		t.account, err = a.withNameAndPassword(ctx, t.name, t.Secret)
	}
	if err != nil {
		return id, err
	}
	if t.account == "" {
		return id, ErrWrong
	}
	id, err = a.whose(ctx, t.account)
	return id, wrong(err)
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
	if a.cache.isWrong(from, m) {
		return
	}
	a.cache.putWrong(from, m)
	a.byAddr.Try(from)
	a.tellWrong(ctx, c)
}

func (a *Accounts) tellWrong(ctx context.Context, c Credential) {
	a.tally.Add(ctx, event.Event{
		Kind: event.Wrong, Remote: c.Remote, Door: c.Door, Client: Printable(c.Client, 120), Name: Printable(c.Name, 64),
	})
}

func digest(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
