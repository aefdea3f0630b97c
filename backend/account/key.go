package account

import (
	"context"
	"crypto/subtle"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"portico/backend/access"
	"portico/backend/store"
)

const keysEach = 100

// KeyInfo is an SSH public key that signs an account in.
type KeyInfo struct {
	Type        string // "ssh-ed25519"
	Fingerprint string // "SHA256:…"
	Comment     string
	Created     time.Time
}

// AddKey adds one line of an authorized_keys file to an account. A line with options is refused
// rather than taken without the limits it asks for; so are certificates. ErrSecret, ErrTaken, ErrGone.
func (a *Accounts) AddKey(ctx context.Context, account, line string) (KeyInfo, error) {
	if len(line) > 16<<10 {
		return KeyInfo{}, fmt.Errorf("%w: too long for a public key", ErrSecret)
	}
	key, comment, options, rest, err := ssh.ParseAuthorizedKey([]byte(line))
	switch {
	case err != nil:
		return KeyInfo{}, fmt.Errorf("%w: not a line of an authorized_keys file", ErrSecret)
	case strings.TrimSpace(string(rest)) != "":
		return KeyInfo{}, fmt.Errorf("%w: more than one key", ErrSecret)
	case len(options) > 0:
		return KeyInfo{}, fmt.Errorf("%w: options before a key (%s) are not understood here", ErrSecret, Printable(options[0], 40))
	}
	if _, ok := key.(*ssh.Certificate); ok {
		return KeyInfo{}, fmt.Errorf("%w: certificates are not taken, only keys", ErrSecret)
	}
	row := store.SSHKey{Account: account, Wire: key.Marshal(), Comment: Printable(comment, 120), Created: a.now()}
	err = a.write(ctx, func(tx *store.Tx) error {
		if _, err := a.stored(tx, account); err != nil {
			return err
		}
		have, err := tx.SSHKeys(account)
		if err == nil && len(have) >= keysEach {
			err = fmt.Errorf("%w: there are %d keys already", ErrTaken, len(have))
		}
		if err != nil {
			return err
		}
		if err := tx.AddSSHKey(row); err == store.ErrTaken {
			return ErrTaken
		} else if err != nil {
			return err
		}
		return nil
	})
	return keyInfo(row), err
}

func keyInfo(row store.SSHKey) KeyInfo {
	info := KeyInfo{Comment: row.Comment, Created: row.Created}
	if key, err := ssh.ParsePublicKey(row.Wire); err == nil {
		info.Type, info.Fingerprint = key.Type(), ssh.FingerprintSHA256(key)
	}
	return info
}

// Keys returns the keys of an account, oldest first.
func (a *Accounts) Keys(ctx context.Context, account string) (out []KeyInfo, err error) {
	err = a.read(ctx, func(tx *store.Tx) error {
		rows, err := tx.SSHKeys(account)
		for _, row := range rows {
			out = append(out, keyInfo(row))
		}
		return err
	})
	return out, err
}

// RemoveKey removes a key of an account by its fingerprint; ErrGone when it has none such.
func (a *Accounts) RemoveKey(ctx context.Context, account, fingerprint string) error {
	whose := access.Identity{ID: account}
	err := a.write(ctx, func(tx *store.Tx) error {
		row, err := a.row(tx, account)
		if err != nil {
			return err
		}
		whose.Kind = access.Kind(row.Kind)
		rows, err := tx.SSHKeys(account)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(rows, func(row store.SSHKey) bool { return keyInfo(row).Fingerprint == fingerprint })
		if i < 0 {
			return ErrGone
		}
		_, err = tx.DropSSHKey(account, rows[i].Wire)
		return err
	})
	if err == nil {
		a.o.Ended(whose)
	}
	return err
}

// byKey finds whose key it is. SSH asks before anything was signed, and clients offer every key they
// have, so neither answer is counted or told; Arrived tells, once the signature was right.
func (a *Accounts) byKey(ctx context.Context, c Credential) (access.Identity, error) {
	id, err := a.who(ctx, func(tx *store.Tx) (*who, error) {
		row, ok, err := tx.AccountNamed(fold(c.Name))
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, ErrWrong
		}
		keys, err := tx.SSHKeys(row.ID)
		if err != nil {
			return nil, err
		}
		for _, key := range keys {
			if subtle.ConstantTimeCompare(key.Wire, []byte(c.Secret)) == 1 {
				return a.presentRow(tx, &row)
			}
		}
		return nil, ErrWrong
	})
	if err != nil {
		return access.Identity{}, wrong(err)
	}
	return id, nil
}
