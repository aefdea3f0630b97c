package account

import (
	"context"
	"time"
	"unicode/utf16"

	"golang.org/x/crypto/md4"

	"portico/backend/access"
	"portico/backend/store"
)

// NTHash is what SMB's way of signing in (NTLMv2, MS-NLMP section 3.3.2) needs to know of a password:
// whoever has it needs no password. It is quick to compute, so only a random password may be behind it
// where it is kept on a disk.
type NTHash [md4.Size]byte

// SMBLogin is who may sign in by SMB.
type SMBLogin struct {
	ID   string // of the account; "" for guests
	Name string
	Hash NTHash
}

// SetSMB gives an account a password for SMB only, random and told once; an earlier one ends. People's own
// passwords cannot serve: what is kept of those is no hash that SMB could work with. ErrGone, ErrGiven:
// accounts that were given at start come by the password that they were given.
func (a *Accounts) SetSMB(ctx context.Context, id string) (password string, err error) {
	password = newSecret()
	hash := HashNT(password)
	var earlier []byte
	err = a.write(ctx, func(tx *store.Tx) error {
		row, err := a.stored(tx, id)
		if err != nil {
			return err
		}
		if access.Kind(row.Kind) != access.Account {
			return ErrGone
		}
		if earlier, err = tx.Key(smbKey(id)); err != nil {
			return err
		}
		return tx.SetKey(smbKey(id), hash[:])
	})
	if err == nil && earlier != nil {
		a.o.Ended(access.Identity{Kind: access.Account, ID: id})
	}
	return password, err
}

// DropSMB takes it away again. It is no error that there is none.
func (a *Accounts) DropSMB(ctx context.Context, id string) error {
	err := a.write(ctx, func(tx *store.Tx) error {
		if _, err := a.stored(tx, id); err != nil {
			return err
		}
		return tx.DropKey(smbKey(id))
	})
	if err == nil {
		a.o.Ended(access.Identity{Kind: access.Account, ID: id})
	}
	return err
}

// SMBLogins lists the accounts that may sign in by SMB now.
func (a *Accounts) SMBLogins(ctx context.Context) ([]SMBLogin, error) {
	var out []SMBLogin
	err := a.read(ctx, func(tx *store.Tx) error {
		out = nil
		rows, err := tx.Accounts()
		for i := 0; err == nil && i < len(rows); i++ {
			var key []byte
			if rows[i].Disabled || access.Kind(rows[i].Kind) != access.Account {
				continue
			}
			if key, err = tx.Key(smbKey(rows[i].ID)); len(key) == md4.Size {
				out = append(out, SMBLogin{rows[i].ID, rows[i].Name, NTHash(key)})
			}
		}
		return err
	})
	a.givenMu.RLock()
	defer a.givenMu.RUnlock()
	for _, g := range a.givens {
		out = append(out, SMBLogin{g.row.ID, g.row.Name, g.smb})
	}
	return out, err
}

// Missed counts and tells a wrong password that another program has judged (Samba's), as Authenticate
// does for those that it judges; what is returned is how long to wait before the next, 0 not at all.
func (a *Accounts) Missed(ctx context.Context, c Credential) time.Duration {
	from := Network(c.Remote)
	a.byAddr.Try(from)
	a.tellWrong(ctx, c)
	return a.byAddr.Wait(from)
}

// Wait is how long somebody at an address has to wait before the next attempt to sign in; 0 not at all.
func (a *Accounts) Wait(remote string) time.Duration { return a.byAddr.Wait(Network(remote)) }

// HashNT hashes a password as SMB does.
func HashNT(password string) (out NTHash) {
	h := md4.New()
	for _, unit := range utf16.Encode([]rune(password)) {
		// A hash never fails.
		_, _ = h.Write([]byte{byte(unit), byte(unit >> 8)})
	}
	copy(out[:], h.Sum(nil))
	return out
}

func smbKey(id string) string { return "smb password of " + id }
