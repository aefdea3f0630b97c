package entry

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/netip"
	"reflect"
	"strings"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/share"
	"portico/backend/vfs"
)

// Options of an Entry.
type Options struct {
	Tree     *vfs.Tree
	Accounts *account.Accounts
	Shares   *share.Shares
}

// Entry knows who shows a name and a secret. It is safe for concurrent use.
type Entry struct{ o Options }

// New returns an Entry.
func New(o Options) *Entry { return &Entry{o} }

// Client is what a door knows of whoever comes.
type Client struct {
	Door   string     // as in vfs.Origin
	Remote netip.Addr // where from
	Name   string     // what the client calls itself
	Secure bool       // nobody on the way can read along
	Only   string     // the one account or device that may come so; "": whoever shows the right secret
	Alone  bool       // its requests stand alone: what it half sent is nothing yet (vfs.Origin.Committed)
}

// Password says who shows a name and a password: ErrOnly, account.ErrWrong, account.ErrDisabled,
// account.ErrTooMany, share.ErrAsked for a link whose maker has to let this address in first, or what the
// store said. What opens no link is told apart from a wrong password
// nowhere.
func (e *Entry) Password(ctx context.Context, name, secret string, c Client) (access.Identity, error) {
	if err := c.admits(name); err != nil {
		return access.Identity{}, err
	}
	id, err := e.password(ctx, name, secret, c)
	if err == nil {
		err = e.Admits(ctx, id, c)
	}
	return id, err
}

func (e *Entry) password(ctx context.Context, name, secret string, c Client) (access.Identity, error) {
	if key, ok := strings.CutPrefix(strings.ToLower(name), "s."); ok && share.Fold(key) != "" && !e.taken(ctx, name) {
		return e.link(ctx, key, secret, c)
	}
	if (strings.EqualFold(name, "anonymous") || strings.EqualFold(name, "ftp")) && !e.taken(ctx, name) {
		if id, err := e.Guest(); err == nil {
			return id, nil
		} // else it is a wrong name like any other, and Activity tells of it
	}
	return e.o.Accounts.Authenticate(ctx, c.credential(account.Password, name, secret))
}

// Key says whose public key, as SSH sends it, belongs to a name; errors as of Password. Whoever asks has
// proved nothing by it: when the client has, the door tells so (Arrived).
func (e *Entry) Key(ctx context.Context, name string, key []byte, c Client) (access.Identity, error) {
	if err := c.admits(name); err != nil {
		return access.Identity{}, err
	}
	return e.o.Accounts.Authenticate(ctx, c.credential(account.Key, name, string(key)))
}

// Arrived tells that the client has signed with the key by which id was found: only then it has come.
func (e *Entry) Arrived(ctx context.Context, id access.Identity, c Client) {
	e.o.Accounts.Arrived(ctx, id, c.credential(account.Key, id.Name, ""))
}

// Named says who comes by a name that the owner has given to where a client is, for doors that know no
// secrets; errors as of Password, account.ErrGone where there is nobody of that name. An address proves
// little, so an account comes to its home only.
func (e *Entry) Named(ctx context.Context, name string) (access.Identity, error) {
	a, err := e.o.Accounts.Find(ctx, name)
	if err != nil {
		return access.Identity{}, err
	}
	id, err := e.o.Accounts.Present(ctx, access.Identity{Kind: a.Kind, ID: a.ID})
	return id.AtHome(), err
}

// Proved says who an account is whose secret another program has judged (SMB's), and tells that it has
// come; errors as of Named.
func (e *Entry) Proved(ctx context.Context, id string, c Client) (access.Identity, error) {
	who, err := e.o.Accounts.Present(ctx, access.Identity{Kind: access.Account, ID: id})
	if err == nil {
		e.o.Accounts.Arrived(ctx, who, c.credential(account.Password, who.Name, ""))
	}
	return who, err
}

// Guest says who comes without showing anything; account.ErrWrong where guests may do nothing.
func (e *Entry) Guest() (access.Identity, error) {
	id, policy := account.Guest(), e.o.Tree.Policy()
	for _, g := range policy.Grants() {
		if policy.Rights(id, g.Path) != 0 {
			return id, nil
		}
	}
	return access.Identity{}, account.ErrWrong
}

// Session begins the session of a client, with the folder where it starts. Guests and holders of links
// are told apart by it: what one of them made there is that one's own until it ends. It has ended already
// where id is not what it was any more.
func (e *Entry) Session(ctx context.Context, id access.Identity, c Client) (s *vfs.Session, start string) {
	visit := ""
	if vfs.Many(id.Kind) {
		sum := sha256.Sum256([]byte(rand.Text()))
		visit = hex.EncodeToString(sum[:16])
	}
	if start = id.Home; start == "" || id.Root != "" {
		start = "/"
	}
	s = e.o.Tree.Session(ctx, id, vfs.Origin{Door: c.Door, Remote: c.remote(), Visit: visit, Client: c.Name, Committed: c.Alone})
	if !e.Stands(ctx, id) { // what ended since it showed its secret did not see the session
		s.Close()
	}
	return s, start
}

// Stands reports whether id is who it was when it came: neither it, nor what let it in, nor what it may do
// by itself has changed since. What the rules of the tree give it is asked by every verb.
func (e *Entry) Stands(ctx context.Context, id access.Identity) bool {
	now, err := id, error(nil)
	switch id.Kind {
	case access.Account, access.Device, access.Token:
		now, err = e.o.Accounts.Present(ctx, id)
	case access.Link:
		now, err = e.o.Shares.Present(ctx, id)
	}
	return err == nil && (reflect.DeepEqual(now, id) || reflect.DeepEqual(now.AtHome(), id))
}

// Introduced returns the session of a client that said only behind its signing in what it calls itself: s
// where that has ended, else another in its place, of the same visit. Nothing may be open in s.
func (e *Entry) Introduced(ctx context.Context, s *vfs.Session, name string) *vfs.Session {
	o := s.Origin()
	o.Client = name
	next := e.o.Tree.Session(ctx, s.Identity(), o)
	select {
	case <-s.Done(): // whatever ended it did not see the other
		next.Close()
		return s
	default:
	}
	s.Close()
	return next
}

// link opens a link, and takes one that opens nothing for a wrong password.
func (e *Entry) link(ctx context.Context, key, secret string, c Client) (access.Identity, error) {
	id, _, err := e.o.Shares.Open(ctx, key, share.Visitor{Remote: c.Remote, Door: c.Door, Client: c.Name, Password: secret})
	if errors.Is(err, share.ErrNone) || errors.Is(err, share.ErrPassword) {
		err = account.ErrWrong
	}
	return id, err
}

// taken reports whether there is an account of that name.
func (e *Entry) taken(ctx context.Context, name string) bool {
	_, err := e.o.Accounts.Find(ctx, name)
	return err == nil
}

func (c Client) credential(kind account.Kind, name, secret string) account.Credential {
	return account.Credential{Kind: kind, Name: name, Secret: secret, Remote: c.remote(), Door: c.Door, Client: c.Name, Secure: c.Secure}
}

func (c Client) remote() string {
	if !c.Remote.IsValid() {
		return ""
	}
	return c.Remote.String()
}
