package share

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
)

// NewShare asks for a share. The zero value of everything but Path is the safe one: view and
// download, from local networks, until it is stopped.
type NewShare struct {
	Path     string   // canonical tree path of a folder or a file
	Items    []string // of the folder, only these: access.Select. They can be looked at and downloaded
	Title    string   // "": the name of what is shared
	Preset   Preset   // "" is View
	Mask     access.Right
	Expires  time.Time
	MaxUses  int64
	Password string
	Networks []netip.Prefix
	Public   bool
	Ask      bool   // whoever shares is asked before a new device comes in
	Key      string // of one's own choice; "": a random one
}

const sharesMost = 10000

// Create makes a share. Only the owner of this computer, accounts and tokens make shares, only of
// what they can see, and with no right that they do not have: ErrRights, fs.ErrNotExist. Also
// ErrKey, ErrTaken, ErrNetwork, and account.ErrSecret for a password.
func (s *Shares) Create(ctx context.Context, by access.Identity, n NewShare) (Share, error) {
	switch by.Kind {
	case access.Owner, access.Account, access.Token:
	default:
		return Share{}, fmt.Errorf("%w: a %s makes no shares", ErrRights, by.Kind)
	}
	by, err := s.o.Accounts.Present(ctx, by)
	if err != nil {
		return Share{}, err
	}
	at, err := s.o.Target(ctx, by, access.Clean(n.Path))
	if err != nil {
		return Share{}, err
	}
	row := store.Share{
		ID: newID(), Node: at.Node, Path: at.Path, File: at.File, Created: s.now(),
		By: store.Party{Kind: uint8(by.Kind), ID: by.ID, Name: by.Name},
	}
	if len(n.Items) > 0 {
		if at.File {
			return Share{}, fmt.Errorf("%w: a file holds nothing to choose from", ErrRights)
		}
		row.Items = n.Items
	}
	of := standing(by)
	row.OfKind, row.OfID = uint8(of.Kind), of.ID
	if n.Preset == "" {
		n.Preset = View
	}
	if n.Title == "" {
		n.Title = access.Base(at.Path)
		if some := itemNames(row.Items); len(some) > 0 {
			n.Title = some[0]
			if len(some) > 1 {
				n.Title += fmt.Sprintf(" and %d more", len(some)-1)
			}
		}
	}
	c := Change{
		Title: &n.Title, Preset: &n.Preset, Mask: &n.Mask, Expires: &n.Expires, MaxUses: &n.MaxUses,
		Password: &n.Password, Networks: &n.Networks, Public: &n.Public, Ask: &n.Ask,
	}
	if err := s.prepare(ctx, &c, &row, at.Path, by, by); err != nil {
		return Share{}, err
	}
	if err := s.apply(&row, &c); err != nil {
		return Share{}, err
	}
	if n.Key != "" {
		if row.Key, err = ownKey(n.Key, row.Public, row.Password != ""); err != nil {
			return Share{}, err
		}
	}
	if err := s.add(ctx, &row, n.Key == "", by); err != nil {
		return Share{}, err
	}
	s.o.Made(by)
	s.changed()
	return s.show(&row), nil
}

// standing is whom an identity acts for in the end.
func standing(id access.Identity) access.Identity {
	for id.Behind != nil {
		id = *id.Behind
	}
	return id
}

// add stores a new share, with a random key if it has none of its own.
func (s *Shares) add(ctx context.Context, row *store.Share, random bool, by access.Identity) error {
	for tries := 0; ; tries++ {
		if random {
			row.Key = randomKey(row.Public)
		}
		err := s.store.Write(ctx, store.Durable, func(tx *store.Tx) error {
			if n, err := tx.CountShares(); err != nil {
				return err
			} else if n >= sharesMost {
				return fmt.Errorf("%w: there are %d shares already", ErrRights, n)
			}
			if err := tx.AddShare(row); err != nil {
				return err
			}
			return tx.Append(told(event.Shared, row, by))
		})
		if !errors.Is(err, store.ErrTaken) {
			return err
		}
		if !random || tries == 5 {
			return ErrTaken
		}
	}
}

func randomKey(public bool) string {
	if public {
		return newKey(longKey)
	}
	return newKey(shortKey)
}

// told is an event about a share. It never holds the key.
func told(kind event.Kind, row *store.Share, by access.Identity) *event.Event {
	return &event.Event{
		Kind: kind, Path: row.Path, Node: row.Node, Identity: by.String(), Name: by.Name, Text: row.Title,
	}
}

func newID() string { return strings.ToLower(rand.Text()[:16]) }
