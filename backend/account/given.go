package account

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strings"
	"unicode/utf8"

	"portico/backend/access"
	"portico/backend/store"
)

// given is an account that was given at start (-a USER:PASSWORD, or the configuration). It exists
// in memory only.
//
// Its password is hashed like any other, in the background, one account after the other, so that
// start-up does not wait; the text is forgotten as soon as that is done (some 50 ms each). Until
// then a sign-in with a name waits. The digest for signing in by password alone is made at once; its
// key lives as long as the process. The salt is the installation's, so that after a restart with the
// same password the hash is the same and sessions go on; with another password they end.
type given struct {
	row   store.Account
	only  mac           // digest for PasswordOnly
	twin  bool          // somebody else has the same password: it signs in nobody without a name
	smb   NTHash        // what SMB needs to know of the password; it never leaves the process but for smbd
	ready chan struct{} // closed when hash or err is set
	hash  string
	err   error
}

const givenPrefix = "given:"

// Give adds an account that lives as long as this process. warning is a sentence about a weak or
// shared password, "" for none. ErrTaken when there is such an account already, also a stored one.
func (a *Accounts) Give(ctx context.Context, name, password string, groups ...string) (warning string, err error) {
	shown, folded, err := cleanName(name)
	if err != nil {
		return "", err
	}
	if err := checkSecret(password); err != nil {
		return "", fmt.Errorf("%s: %w", shown, err)
	}
	if groups, err = cleanGroups(groups); err != nil {
		return "", err
	}
	var stored bool
	if err := a.read(ctx, func(tx *store.Tx) (err error) {
		_, stored, err = tx.AccountNamed(folded)
		return err
	}); err != nil {
		return "", err
	}
	g := &given{
		row: store.Account{
			ID: givenPrefix + folded, Kind: uint8(access.Account), Name: shown, Folded: folded,
			Role: RoleUser, Home: "/", Groups: groups, Created: a.now(), Changed: a.now(),
		},
		only:  a.cache.sum(PasswordOnly, spelled(password)),
		smb:   HashNT(password),
		ready: make(chan struct{}),
	}
	if warning, err = a.addGiven(g, password, stored); err != nil {
		return "", err
	}
	a.background.Go(func() {
		g.hash, g.err = a.hashGiven(password)
		close(g.ready)
	})
	return warning, nil
}

// addGiven keeps g unless its name is taken, and returns what is wrong with its password.
func (a *Accounts) addGiven(g *given, password string, stored bool) (warning string, err error) {
	a.givenMu.Lock()
	defer a.givenMu.Unlock()
	name := g.row.Name
	if stored || a.givens[g.row.Folded] != nil {
		return "", fmt.Errorf("%w: there is an account %q", ErrTaken, name)
	}
	why := Weak(name, password)
	if least := a.o.LeastPassword(); why == "" && utf8.RuneCountInString(password) < least {
		why = fmt.Sprintf("has a password of fewer than %d characters", least)
	}
	if why != "" {
		warning = fmt.Sprintf("The account %s %s.", name, why)
	}
	for _, other := range a.givens {
		if other.only == g.only {
			other.twin, g.twin = true, true
			warning = fmt.Sprintf("The accounts %s and %s have the same password: "+
				"forms that ask for a password only will let neither in.", other.row.Name, name)
		}
	}
	a.givens[g.row.Folded] = g
	return warning, nil
}

// hashGiven hashes the passwords of given accounts one after the other, so that the second of the
// hasher's two slots stays free for people.
func (a *Accounts) hashGiven(password string) (string, error) {
	a.givenHash.Lock()
	defer a.givenHash.Unlock()
	salt, err := a.Key(a.ended, "given accounts: salt")
	if err != nil {
		return "", err
	}
	return a.hasher.patient(a.ended, password, salt[:saltLength])
}

// password returns the hash of a given account once it is made.
func (g *given) password(ctx context.Context) (string, error) {
	select {
	case <-g.ready:
		return g.hash, g.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// seal ties sessions and tokens to the password which the account was given.
func (g *given) seal(ctx context.Context) ([]byte, error) {
	hash, err := g.password(ctx)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(hash))
	return sum[:16], nil
}

// given returns the account of a folded name, nil when none was given.
func (a *Accounts) given(folded string) *given {
	a.givenMu.RLock()
	defer a.givenMu.RUnlock()
	return a.givens[folded]
}

// givenByID returns the account of an id, nil when none was given.
func (a *Accounts) givenByID(id string) *given {
	folded, ok := strings.CutPrefix(id, givenPrefix)
	if !ok {
		return nil
	}
	return a.given(folded)
}

// givenWith returns the one given account whose password this is.
func (a *Accounts) givenWith(password string) (found *given) {
	sum := a.cache.sum(PasswordOnly, spelled(password))
	a.givenMu.RLock()
	defer a.givenMu.RUnlock()
	for _, g := range a.givens {
		if hmac.Equal(g.only[:], sum[:]) && !g.twin {
			found = g
		}
	}
	return found
}

// givenRows returns the given accounts.
func (a *Accounts) givenRows() []store.Account {
	a.givenMu.RLock()
	defer a.givenMu.RUnlock()
	var out []store.Account
	for _, g := range a.givens {
		out = append(out, g.row)
	}
	return out
}
