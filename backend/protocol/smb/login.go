//go:build linux

package smb

import (
	"context"
	"errors"
	"strings"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/samba"
)

// firstUID is where the numbers of accounts begin. No user of the system has one of them: smbd runs as one
// user whoever signed in, and the numbers only tell people apart.
const firstUID = 0x40000000

// login is one who may sign in.
type login struct {
	account string // id, "" for guests
	uid     uint32
}

// refresh tells smbd who may sign in now. It is asked for each connection: accounts come, go and change.
func (d *Door) refresh(ctx context.Context) error {
	list, err := d.o.Accounts.SMBLogins(ctx)
	if err != nil {
		return err
	}
	if _, err := d.o.Entry.Guest(); err == nil {
		list = append(list, account.SMBLogin{Name: GuestName, Hash: account.HashNT(GuestName)})
	} else if !errors.Is(err, account.ErrWrong) {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.logins = make(map[string]login, len(list))
	var tell []samba.Login
	for _, l := range list {
		if !samba.Carried(l.Name) {
			d.o.Log.Warn("an account cannot come by SMB: its name has characters that Samba cannot take", "name", l.Name)
			continue
		}
		uid, known := d.uids[l.ID]
		if !known {
			uid = firstUID + uint32(len(d.uids))
			d.uids[l.ID] = uid
		}
		d.logins[strings.ToLower(l.Name)] = login{l.ID, uid}
		tell = append(tell, samba.Login{Name: l.Name, UID: uid, Hash: l.Hash})
	}
	return d.samba.SetLogins(tell)
}

// who says who signed in by a name.
func (d *Door) who(name string) (login, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	l, ok := d.logins[strings.ToLower(name)]
	return l, ok
}

// identity says who somebody is who has signed in.
func (v *visit) identity(l login) (access.Identity, error) {
	if l.account == "" {
		return v.d.o.Entry.Guest()
	}
	return v.d.o.Entry.Proved(v.ctx, l.account, v.client)
}
