package account

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
)

// Account is a named account, or a device: a sub-account that acts for one.
type Account struct {
	ID       string // never reused
	Kind     access.Kind
	Name     string
	Role     string // RoleAdmin, RoleUser, or any other name
	Groups   []string
	Home     string // canonical tree path where /dav/ and /api/v1 begin
	Settings string // opaque: whatever a door keeps for this person
	Disabled bool
	Given    bool // lives as long as this process; cannot be changed

	HasPassword  bool
	PasswordOnly bool // may sign in without its name

	Parent   string       // device: the account it acts for, "" the owner of this computer
	Root     string       // device: the folder which it sees as "/"
	RootNode int64        // device: that folder, wherever it moves; 0: whatever is at Root
	Mask     access.Right // device: at most these

	Created, Changed, Seen time.Time // Seen: signed in last, zero never
}

func show(row *store.Account) Account {
	return Account{
		ID: row.ID, Kind: access.Kind(row.Kind), Name: row.Name, Role: row.Role, Groups: row.Groups, Home: row.Home,
		Settings: row.Settings, Disabled: row.Disabled, Given: strings.HasPrefix(row.ID, givenPrefix),
		HasPassword: row.Password != "", PasswordOnly: row.PasswordOnly != nil, Parent: row.Parent,
		Root: row.Root, RootNode: row.RootNode, Mask: access.Right(row.Mask),
		Created: row.Created, Changed: row.Changed, Seen: row.Seen,
	}
}

// NewAccount asks for an account. An empty Password means that it can only sign in by key or token.
type NewAccount struct {
	Name         string
	Password     string
	PasswordOnly bool // may sign in without its name; needs Options.Key and a password nobody else has
	Role         string
	Groups       []string
	Home         string
	Settings     string
}

// NewDevice is a sub-account: its own secret, its own root, its own mask, never more than For may do.
type NewDevice struct {
	Name     string
	Password string
	For      string // account id; "" the owner of this computer
	Root     string // canonical tree path
	RootNode int64
	Mask     access.Right
}

// Create makes an account. ErrName, ErrTaken, ErrSecret.
func (a *Accounts) Create(ctx context.Context, n NewAccount) (Account, error) {
	row := store.Account{Kind: uint8(access.Account)}
	c := Change{Name: &n.Name, Role: &n.Role, Groups: &n.Groups, Home: &n.Home, Settings: &n.Settings}
	return a.create(ctx, row, c, n.Password, n.PasswordOnly)
}

// CreateDevice makes a device. ErrName, ErrTaken, ErrSecret; ErrGone when For does not exist.
func (a *Accounts) CreateDevice(ctx context.Context, n NewDevice) (Account, error) {
	row := store.Account{Kind: uint8(access.Device), Parent: n.For}
	if n.Root == "" {
		n.Root = "/"
	}
	c := Change{Name: &n.Name, Root: &n.Root, RootNode: &n.RootNode, Mask: &n.Mask}
	return a.create(ctx, row, c, n.Password, false)
}

func (a *Accounts) create(ctx context.Context, row store.Account, c Change, password string, only bool) (Account, error) {
	row.ID, row.Role, row.Home, row.Created = newID(), RoleUser, "/", a.now()
	if err := c.apply(&row); err != nil {
		return Account{}, err
	}
	if password != "" || only {
		if err := a.longEnough(password); err != nil {
			return Account{}, err
		}
		if err := a.hashInto(ctx, &row, password, only); err != nil {
			return Account{}, err
		}
	}
	row.Changed = row.Created
	err := a.write(ctx, func(tx *store.Tx) error {
		if row.Parent != "" {
			if parent, ok, err := tx.Account(row.Parent); err != nil {
				return err
			} else if !ok || access.Kind(parent.Kind) != access.Account {
				return ErrGone
			}
		}
		if err := a.free(tx, &row); err != nil {
			return err
		}
		return tx.AddAccount(&row)
	})
	if err != nil {
		return Account{}, err
	}
	a.changed(row.ID)
	return show(&row), nil
}

// hashInto gives row a password.
func (a *Accounts) hashInto(ctx context.Context, row *store.Account, password string, only bool) (err error) {
	if err := checkSecret(password); err != nil {
		return err
	}
	row.PasswordOnly = nil
	if only {
		if row.PasswordOnly = a.passwordOnly(password); row.PasswordOnly == nil {
			return fmt.Errorf("%w: signing in without a name is not possible here", ErrSecret)
		}
	}
	row.Password, err = a.hasher.make(ctx, password)
	return err
}

// passwordOnly is the digest by which a stored account is found by its password, nil without a key.
func (a *Accounts) passwordOnly(password string) []byte {
	if len(a.o.Key) < 32 {
		return nil
	}
	h := hmac.New(sha256.New, a.o.Key)
	h.Write([]byte("password only\x00" + spelled(password)))
	return h.Sum(nil)
}

// free refuses a name or a password-only secret that somebody else has.
func (a *Accounts) free(tx *store.Tx, row *store.Account) error {
	other, ok, err := tx.AccountNamed(row.Folded)
	if err != nil {
		return err
	}
	if ok && other.ID != row.ID || a.given(row.Folded) != nil {
		return fmt.Errorf("%w: there is an account %q", ErrTaken, row.Name)
	}
	if row.PasswordOnly == nil {
		return nil
	}
	if other, ok, err = tx.AccountWithPassword(row.PasswordOnly); err == nil && ok && other.ID != row.ID {
		err = fmt.Errorf("%w: to sign in without a name it must be one that nobody else has", ErrSecret)
	}
	return err
}

// List returns all accounts and devices, also the given ones, sorted by name.
func (a *Accounts) List(ctx context.Context) ([]Account, error) {
	rows := a.givenRows()
	err := a.read(ctx, func(tx *store.Tx) error {
		stored, err := tx.Accounts()
		rows = append(rows, stored...)
		return err
	})
	slices.SortFunc(rows, func(x, y store.Account) int { return strings.Compare(x.Folded, y.Folded) })
	out := make([]Account, len(rows))
	for i := range rows {
		out[i] = show(&rows[i])
	}
	return out, err
}

// Get returns an account by id; ErrGone.
func (a *Accounts) Get(ctx context.Context, id string) (out Account, err error) {
	err = a.read(ctx, func(tx *store.Tx) error {
		row, err := a.row(tx, id)
		out = show(&row)
		return err
	})
	return out, err
}

// Find returns an account by name; ErrGone.
func (a *Accounts) Find(ctx context.Context, name string) (out Account, err error) {
	if g := a.given(fold(name)); g != nil {
		return show(&g.row), nil
	}
	err = a.read(ctx, func(tx *store.Tx) error {
		row, ok, err := tx.AccountNamed(fold(name))
		if err == nil && !ok {
			err = ErrGone
		}
		out = show(&row)
		return err
	})
	return out, err
}

// Delete removes an account with its devices, sessions, tokens, keys, grants and shares. ErrGone, ErrGiven.
func (a *Accounts) Delete(ctx context.Context, id string) error {
	var gone []string
	err := a.write(ctx, func(tx *store.Tx) error {
		row, err := a.stored(tx, id)
		if err != nil {
			return err
		}
		gone, err = family(tx, row)
		for i := 0; err == nil && i < len(gone); i++ {
			err = dropAll(tx, gone[i], row.Name)
		}
		return err
	})
	if err != nil {
		return err
	}
	a.changed(gone...)
	return nil
}

// family returns the ids of an account and its devices.
func family(tx *store.Tx, row *store.Account) ([]string, error) {
	out := []string{row.ID}
	if access.Kind(row.Kind) != access.Account {
		return out, nil
	}
	devices, err := tx.Devices(row.ID)
	for _, d := range devices {
		out = append(out, d.ID)
	}
	return out, err
}

func dropAll(tx *store.Tx, id, name string) error {
	shares, err := tx.SharesOf(uint8(access.Account), id)
	for i := 0; err == nil && i < len(shares); i++ {
		if _, err = tx.DropShare(shares[i].ID); err == nil {
			err = tx.Append(&event.Event{
				Kind: event.Unshared, Path: shares[i].Path, Node: shares[i].Node, Name: name,
				Identity: access.Identity{Kind: access.Account, ID: id}.String(), Text: shares[i].Title,
			})
		}
	}
	if err != nil {
		return err
	}
	for _, kind := range []access.Kind{access.Account, access.Device} {
		if err := tx.DropGrantsTo(uint8(kind), id); err != nil {
			return err
		}
		if err := signOut(tx, kind, id, ""); err != nil {
			return err
		}
		if _, err := tx.DropTokens(uint8(kind), id); err != nil {
			return err
		}
	}
	if err := tx.DropKey(smbKey(id)); err != nil {
		return err
	}
	return tx.DropAccount(id)
}

func signOut(tx *store.Tx, kind access.Kind, id, except string) error {
	_, err := tx.DropSessions(uint8(kind), id, except)
	return err
}

// stored finds an account that can be changed; ErrGone, ErrGiven.
func (a *Accounts) stored(tx *store.Tx, id string) (*store.Account, error) {
	if a.givenByID(id) != nil {
		return nil, ErrGiven
	}
	row, err := a.row(tx, id)
	return &row, err
}

// newSecret is a random password that can be read out: 80 bits in four groups.
func newSecret() string {
	s := newID()
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
}

// newID returns 80 random bits in letters and digits that do not look alike.
func newID() string { return strings.ToLower(rand.Text()[:16]) }
