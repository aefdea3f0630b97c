package account

import (
	"context"
	"time"
)

// attempt is one chosen secret being judged.
type attempt struct {
	mac   mac
	from  Net
	name  string           // what is tried to be opened, as count knows it
	count *Backoff[string] // besides the one per network
	judge func(context.Context) (owner string, err error)

	counted bool // in count
}

// guarded judges a secret: known right, known wrong, too many, or by t.judge, which is asked once for
// the same secret however many show it at the same time. owner is what judge said, which is not empty
// then: ErrWrong stands for that. fresh: judge was asked for this call.
func (a *Accounts) guarded(ctx context.Context, t *attempt) (owner string, fresh bool, err error) {
	if owner, done, err := a.known(t); done {
		return owner, false, err
	}
	first, land, err := a.cache.alone(ctx, t.mac)
	if err != nil {
		return "", false, err
	}
	defer land()
	if owner, hit := a.cache.get(t.mac); first && hit {
		return owner, false, nil // it was judged between the look and the turn
	}
	if !first {
		if owner, done, err := a.known(t); done {
			return owner, false, err
		}
	}
	if wait := a.admit(t); wait > 0 {
		return "", false, ErrTooMany{wait}
	}
	changes := a.before()
	owner, err = t.judge(ctx)
	if err == nil && owner == "" {
		a.remember(changes, func() { a.wrongs.Put(t.from, t.mac) })
		return "", true, ErrWrong
	}
	a.release(t) // right, or not judged at all
	if err == nil {
		a.places.add(t.name, t.from)
		a.remember(changes, func() { a.cache.put(t.mac, owner) })
	}
	return owner, true, err
}

// known answers from what was judged lately; done is false when that says nothing.
func (a *Accounts) known(t *attempt) (owner string, done bool, err error) {
	owner, hit := a.cache.get(t.mac)
	if !a.byAddr.Probe(t.from, hit) {
		return "", true, ErrTooMany{max(a.byAddr.Wait(t.from), time.Second)}
	}
	if hit {
		return owner, true, nil
	}
	if a.wrongs.Has(t.from, t.mac) {
		return "", true, ErrWrong
	}
	return "", false, nil
}

// admit counts an attempt in advance; above 0 it is how long to wait instead. A network from which
// the same was opened before does not wait for what others did to it.
func (a *Accounts) admit(t *attempt) time.Duration {
	if wait := a.byAddr.Try(t.from); wait > 0 {
		return wait
	}
	if a.places.has(t.name, t.from) {
		return 0
	}
	wait := t.count.Try(t.name)
	if t.counted = wait == 0; !t.counted {
		a.byAddr.Back(t.from)
	}
	return wait
}

// release takes back what admit counted.
func (a *Accounts) release(t *attempt) {
	a.byAddr.Back(t.from)
	if t.counted {
		t.count.Back(t.name)
	}
}

// Check judges a password that guards something else than an account (a share): ErrWrong, ErrTooMany.
// what names the thing, hash is what Hash returned for it. It is as careful as Authenticate, and as
// cheap when the same is shown again.
func (a *Accounts) Check(ctx context.Context, what, hash, secret, remote string) error {
	if secret == "" || len(secret) > maxSecret {
		return ErrWrong
	}
	t := &attempt{from: Network(remote), name: "\x00" + what, count: a.byName}
	t.mac = a.cache.sum(checked, what, hash, secret, t.from.String())
	t.judge = func(ctx context.Context) (string, error) {
		ok, err := a.Verify(ctx, hash, secret)
		if !ok {
			return "", err
		}
		return what, nil
	}
	_, _, err := a.guarded(ctx, t)
	return err
}

// checked sets what Check remembers apart from credentials.
const checked Kind = 255
