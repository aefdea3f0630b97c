package share

import (
	"context"
	"errors"
	"net/netip"
	"time"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/event"
	"portico/backend/store"
)

// Visitor is who shows a key.
type Visitor struct {
	Remote    netip.Addr // zero: this computer's own window
	Forwarded bool       // a proxy or tunnel stands between
	Door      string
	Client    string

	// Pass is what an earlier Open gave this visitor (Share.Pass). It vouches for what it says.
	Pass string
	// Browser says that this client keeps cookies: without a Pass it is a new visitor. Others (curl,
	// rclone) are recognised by address and name for ten minutes.
	Browser bool
	// Password, if the visitor has typed one.
	Password string
	// Device is what a browser was told to show (Asked.Device). Again: it asks once more to be let in,
	// after nobody answered. Visit is by what vfs knows one of many visitors (vfs.Origin.Visit).
	Device string
	Again  bool
	Visit  string
}

// Open says who the holder of a key is. It is asked for each request, and looks at everything anew:
// the share, its maker, the place, the rights. ErrNone, ErrPassword, ErrAsked as an *Asked,
// account.ErrTooMany, or what the store said.
//
// A new visitor counts as one use; what they do in their visit does not.
func (s *Shares) Open(ctx context.Context, key string, from Visitor) (access.Identity, Share, error) {
	folded := Fold(key)
	row, found, err := s.lookUp(ctx, folded)
	if err != nil {
		return access.Identity{}, Share{}, err
	}
	var v visiting
	if found {
		v = s.visiting(ctx, &row, from)
	}
	// Whoever was let in before does not wait for those who guess.
	guess, first := !v.inside && len(folded) < guessable, false
	if guess {
		var wait time.Duration
		if first, wait = s.misses.admit(folded, from.Remote); wait > 0 {
			return access.Identity{}, Share{}, account.ErrTooMany{RetryAfter: wait}
		}
	}
	id, why, err := s.admit(ctx, &row, found, v.inside, from)
	if guess {
		s.misses.judged(folded, from.Remote, first, err != ErrNone)
	}
	var by admission
	if err == nil {
		by, err = s.vet(ctx, &row, v, from)
	}
	if err == nil && !v.inside {
		why, err = usedUp, s.count(ctx, &row, id, from, by.device != "")
	}
	if err == ErrNone {
		s.tellMiss(ctx, &row, why, from)
	}
	if err != nil {
		return access.Identity{}, Share{}, err
	}
	s.o.Seen(row.ID, from, !v.inside)
	out := s.show(&row)
	out.State, out.Path = Open, objectOf(id)
	id.By += by.String()
	if !v.known {
		out.Pass = s.newPass(ctx, &row, by.device)
	}
	return id, out, nil
}

// visiting is what is known of a visitor before anything is asked.
type visiting struct {
	known    bool // they have shown a pass
	inside   bool // they are in the middle of a visit
	admitted bool // which began with an answer about their device
}

func (s *Shares) visiting(ctx context.Context, row *store.Share, from Visitor) (v visiting) {
	v.known, v.admitted = s.goodPass(ctx, from.Pass, row, from.Device)
	v.inside = v.known
	if !v.inside && !from.Browser {
		v.inside, v.admitted = s.visits.recent(row.ID, from)
	}
	return v
}

func (s *Shares) lookUp(ctx context.Context, folded string) (row store.Share, found bool, err error) {
	if folded == "" {
		return row, false, nil
	}
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		row, found, err = tx.ShareByKey(folded)
		return err
	})
	return row, found, err
}

// Why a key opens nothing. Its maker reads it in Activity; visitors are not told.
const (
	unknown      = "a link that opens nothing"
	otherNetwork = "is not for this network"
	unapproved   = "pauses on this network, which nobody approved"
	usedUp       = "is used up"
	expired      = "has expired"
	paused       = "is paused"
	makerGone    = "has lost its maker"
	placeGone    = "has lost its folder, or that is not served now"
	rightGone    = "gives nothing: its maker has no right there any more"
)

// admit says who the holder of the share is, before its password is looked at; ErrNone and why.
func (s *Shares) admit(ctx context.Context, row *store.Share, found, inside bool, from Visitor) (id access.Identity, why string, err error) {
	switch {
	case !found:
		return id, unknown, ErrNone
	case !s.reachable(row, from.Remote, from.Forwarded):
		return id, otherNetwork, ErrNone
	case s.o.Paused(from.Remote):
		return id, unapproved, ErrNone
	case !inside && row.MaxUses > 0 && row.Uses >= row.MaxUses:
		return id, usedUp, ErrNone
	}
	return s.identity(ctx, row)
}

// Present returns an identity of a link as it is now; ErrNone when its share does not stand any more, or
// the answer that let this holder in was taken back. It is another one where the key, the password or the
// networks of the share are others. Whoever keeps one for longer than one request asks this when
// Options.Changed was called.
func (s *Shares) Present(ctx context.Context, id access.Identity) (access.Identity, error) {
	var row store.Share
	var ok bool
	by := admissionOf(id.By)
	err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		if row, ok, err = tx.Share(id.ID); err == nil && ok && by.device != "" {
			ok, _, err = tx.Admission(by.scope, by.key)
		}
		return err
	})
	if err == nil && (!ok || id.Kind != access.Link) {
		err = ErrNone
	}
	if err != nil {
		return access.Identity{}, err
	}
	now, _, err := s.identity(ctx, &row)
	if err != nil {
		return access.Identity{}, err
	}
	now.By += by.String()
	return now, nil
}

// Ended reports whether the share of a link's identity is gone or has expired: it never opens again, unless
// its maker says so.
func (s *Shares) Ended(ctx context.Context, id access.Identity) bool {
	var row store.Share
	var ok bool
	err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		row, ok, err = tx.Share(id.ID)
		return err
	})
	return err == nil && (!ok || s.expired(&row))
}

// identity is who holds a share now: its maker as they are now, narrowed to the place where the thing
// is now. ErrNone and why when the share does not stand; the identity then tells at most the place.
func (s *Shares) identity(ctx context.Context, row *store.Share) (id access.Identity, why string, err error) {
	path, err := s.where(ctx, row)
	if err != nil {
		return id, placeGone, err
	}
	id = access.Identity{
		Kind: access.Link, ID: row.ID, Name: "link “" + row.Title + "”", Mask: access.Right(row.Mask), Root: path, Items: row.Items,
	}
	if row.File {
		id.Root, id.Only = access.Parent(path), access.Base(path)
	}
	maker, err := s.o.Accounts.Present(ctx, madeBy(row))
	if errors.Is(err, account.ErrGone) || errors.Is(err, account.ErrDisabled) {
		return id, makerGone, ErrNone
	}
	if err != nil {
		return id, "", err
	}
	id.Behind = &maker
	if id.By, err = s.terms(ctx, row); err != nil {
		return id, "", err
	}
	switch {
	case s.expired(row):
		return id, expired, ErrNone
	case row.Paused:
		return id, paused, ErrNone
	case !s.o.Policy().Visible(id, path):
		return id, rightGone, ErrNone
	}
	return id, "", nil
}

// where returns the present canonical path of what is shared; ErrNone when it is gone, or not in the
// tree now: whatever else stands under its old name is not what was shared. (A medium that is not
// connected keeps its place in the tree; vfs then says what visitors wait for.)
func (s *Shares) where(ctx context.Context, row *store.Share) (string, error) {
	if row.Node == 0 || s.o.NodePath == nil {
		return row.Path, nil
	}
	path, err := s.o.NodePath(ctx, row.Node)
	switch {
	case err == nil:
		return path, nil
	case ctx.Err() != nil:
		return "", err
	}
	return "", ErrNone
}

// objectOf is the path of what an identity of a link was made for.
func objectOf(id access.Identity) string {
	if id.Only != "" {
		return access.Join(id.Root, id.Only)
	}
	return id.Root
}

func (s *Shares) checkPassword(ctx context.Context, row *store.Share, from Visitor) error {
	if from.Password == "" {
		return ErrPassword
	}
	err := s.o.Accounts.Check(ctx, "share "+row.ID, row.Password, from.Password, remote(from.Remote))
	if !errors.Is(err, account.ErrWrong) {
		return err
	}
	s.tally.Add(ctx, event.Event{
		Kind: event.Wrong, Path: row.Path, Remote: remote(from.Remote), Door: from.Door, Text: "password of the link “" + row.Title + "”",
	})
	return ErrPassword
}

// count counts a use, of whoever an answer admitted or anybody else; ErrNone when there is none left.
func (s *Shares) count(ctx context.Context, row *store.Share, id access.Identity, from Visitor, admitted bool) error {
	d := store.Fast
	if row.MaxUses > 0 {
		d = store.Durable
	}
	now, used := s.now(), false
	err := s.store.Write(ctx, d, func(tx *store.Tx) (err error) {
		used, err = tx.UseShare(row.ID, row.Key, now)
		return err
	})
	if err != nil {
		return err
	}
	if !used {
		return ErrNone
	}
	row.Uses++
	row.Opened = now
	if !from.Browser {
		s.visits.note(row.ID, from, admitted)
	}
	s.tally.Add(ctx, event.Event{
		Kind: event.Opened, Path: row.Path, Node: row.Node, Identity: id.String(), Name: id.Name, Text: row.Title,
		Remote: remote(from.Remote), Door: from.Door, Client: account.Printable(from.Client, 200),
	})
	return nil
}

// tellMiss notes that a key opened nothing, and why. A key that never was is not told.
func (s *Shares) tellMiss(ctx context.Context, row *store.Share, why string, from Visitor) {
	e := event.Event{Kind: event.Wrong, Remote: remote(from.Remote), Door: from.Door, Text: why}
	if why != unknown {
		e.Path, e.Text = row.Path, "the link “"+row.Title+"” "+why
	}
	s.tally.Add(ctx, e)
}

func remote(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return plainAddr(a).String()
}
