package account

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
)

const (
	sessionIdle  = 30 * 24 * time.Hour  // without use
	sessionMost  = 365 * 24 * time.Hour // in all
	sessionTouch = 5 * time.Minute      // how exactly it is known when a session was used
	sessionsEach = 100                  // of one party; the one unused for longest ends
)

// SessionInfo says where and how somebody signs in.
type SessionInfo struct {
	Remote string
	Door   string
	Client string
	Secure bool          // over TLS: the session is then not accepted without
	For    time.Duration // 0: 30 days after it was used last, a year in all; else exactly so long
}

// OpenSession is a session as its owner sees it listed.
type OpenSession struct {
	ID string
	SessionInfo
	Created, Seen, Expires time.Time
}

// StartSession signs id in and returns the session's secret: 256 random bits, of which only a digest
// is kept. Only the owner, accounts and devices have sessions; ErrWrong for anybody else.
func (a *Accounts) StartSession(ctx context.Context, id access.Identity, about SessionInfo) (secret string, err error) {
	switch id.Kind {
	case access.Owner, access.Account, access.Device:
	default:
		return "", fmt.Errorf("%w: a %s has no sessions", ErrWrong, id.Kind)
	}
	if _, err := a.Present(ctx, id); err != nil {
		return "", err
	}
	secret = newToken("")
	now := a.now()
	row := store.Session{
		ID: newID(), Digest: digest(secret), Kind: uint8(id.Kind), Account: id.ID, Secure: about.Secure,
		Door: about.Door, Remote: about.Remote, Client: Printable(about.Client, 200), Fixed: about.For > 0,
		Created: now, Seen: now, Expires: now.Add(a.idle()),
	}
	if row.Fixed {
		row.Expires = now.Add(about.For)
	}
	if row.Seal, err = a.sealOf(ctx, id.ID); err != nil {
		return "", err
	}
	err = a.write(ctx, func(tx *store.Tx) error {
		if err := tx.AddSession(&row); err != nil {
			return err
		}
		return tx.DropExpiredSessions(now, row.Kind, row.Account, sessionsEach)
	})
	if err != nil {
		return "", err
	}
	a.places.add(fold(id.Name), Network(about.Remote))
	a.signedIn(ctx, id, about.Remote, about.Door, about.Client)
	return secret, nil
}

// bySession finds who a session belongs to and notes that it was used.
func (a *Accounts) bySession(ctx context.Context, c Credential) (access.Identity, error) {
	var row store.Session
	now := a.now()
	id, err := a.who(ctx, func(tx *store.Tx) (w *who, err error) {
		var ok bool
		row, ok, err = tx.Session(digest(c.Secret))
		if err != nil {
			return nil, err
		}
		if !ok || expired(row.Expires, now) || !row.Fixed && expired(row.Seen.Add(a.idle()+sessionTouch), now) || row.Secure && !c.Secure {
			return nil, ErrWrong
		}
		w, err = a.present(tx, access.Kind(row.Kind), row.Account)
		if err == nil {
			w.account, w.seal = row.Account, row.Seal
		}
		return w, err
	})
	if err != nil {
		return access.Identity{}, wrong(err)
	}
	a.places.add(fold(id.Name), Network(c.Remote))
	if age := now.Sub(row.Seen); age < 0 || age >= sessionTouch {
		a.touch(ctx, &row, c.Remote, now)
	}
	return id, nil
}

// idle is how long a session lives after its last use.
func (a *Accounts) idle() time.Duration { return time.Duration(a.stay.Load()) }

// touch notes that a session is used now; its end moves on, but not for ever.
func (a *Accounts) touch(ctx context.Context, row *store.Session, remote string, now time.Time) {
	expires := row.Expires
	if !row.Fixed {
		expires = now.Add(a.idle())
		if end := row.Created.Add(sessionMost); end.Before(expires) {
			expires = end
		}
	}
	err := a.store.Write(ctx, store.Fast, func(tx *store.Tx) error {
		if err := tx.SeeSession(row.ID, remote, now, expires); err != nil {
			return err
		}
		return tx.SeeAccount(row.Account, now)
	})
	if err != nil {
		a.log.Warn("use of a session was not noted", "error", err)
	}
}

// Sessions returns the open sessions of id, the one used last first.
func (a *Accounts) Sessions(ctx context.Context, id access.Identity) (out []OpenSession, err error) {
	now := a.now()
	err = a.read(ctx, func(tx *store.Tx) error {
		rows, err := tx.Sessions(uint8(id.Kind), id.ID)
		for _, row := range rows {
			if !expired(row.Expires, now) {
				out = append(out, openSession(&row))
			}
		}
		return err
	})
	return out, err
}

// SessionOf returns the session of a secret, so that a list can mark it; ErrGone.
func (a *Accounts) SessionOf(ctx context.Context, secret string) (out OpenSession, err error) {
	err = a.read(ctx, func(tx *store.Tx) error {
		row, ok, err := tx.Session(digest(secret))
		if err == nil && (!ok || expired(row.Expires, a.now())) {
			err = ErrGone
		}
		out = openSession(&row)
		return err
	})
	return out, err
}

func openSession(row *store.Session) OpenSession {
	return OpenSession{
		ID: row.ID, Created: row.Created, Seen: row.Seen, Expires: row.Expires,
		SessionInfo: SessionInfo{Remote: row.Remote, Door: row.Door, Client: row.Client, Secure: row.Secure},
	}
}

// EndSession signs a session out by its secret. That there is none such is no error.
func (a *Accounts) EndSession(ctx context.Context, secret string) error {
	var row store.Session
	var ended bool
	err := a.write(ctx, func(tx *store.Tx) (err error) {
		if row, ended, err = tx.Session(digest(secret)); err == nil && ended {
			_, err = tx.DropSession(row.Kind, row.Account, row.ID)
		}
		return err
	})
	if err == nil && ended {
		a.signedOut(ctx, access.Kind(row.Kind), row.Account, row.Remote, row.Door)
	}
	return err
}

// EndSessionByID signs one session of id out; ErrGone when it has none such.
func (a *Accounts) EndSessionByID(ctx context.Context, id access.Identity, session string) error {
	err := a.write(ctx, func(tx *store.Tx) error {
		ok, err := tx.DropSession(uint8(id.Kind), id.ID, session)
		if err == nil && !ok {
			err = ErrGone
		}
		return err
	})
	if err == nil {
		a.signedOut(ctx, id.Kind, id.ID, "", "")
	}
	return err
}

// EndSessions signs id out everywhere, except in one session ("" for none), and returns how many ended.
func (a *Accounts) EndSessions(ctx context.Context, id access.Identity, except string) (n int, err error) {
	err = a.write(ctx, func(tx *store.Tx) error {
		ended, err := tx.DropSessions(uint8(id.Kind), id.ID, except)
		n = int(ended)
		return err
	})
	if err == nil && n > 0 {
		a.signedOut(ctx, id.Kind, id.ID, "", "")
	}
	return n, err
}

func (a *Accounts) signedOut(ctx context.Context, kind access.Kind, account, remote, door string) {
	id := access.Identity{Kind: kind, ID: account}
	if now, err := a.Present(ctx, id); err == nil {
		id = now
	}
	a.tally.forget(id.String(), remote)
	a.tally.Add(ctx, event.Event{Kind: event.SignedOut, Identity: id.String(), Name: id.Name, Remote: remote, Door: door})
}

// sealOf is what ties a session or token of a given account to its password; empty for others.
func (a *Accounts) sealOf(ctx context.Context, account string) ([]byte, error) {
	if g := a.givenByID(account); g != nil {
		return g.seal(ctx)
	}
	return []byte{}, nil
}

// newToken returns prefix and 256 random bits (with a prefix: 192), URL-safe.
func newToken(prefix string) string {
	b := make([]byte, 32)
	if prefix != "" {
		b = b[:tokenBytes]
	}
	rand.Read(b)
	return prefix + base64.RawURLEncoding.EncodeToString(b)
}
