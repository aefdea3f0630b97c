package store

import (
	"database/sql"
	"errors"
	"strings"
	"time"
)

// ErrTaken says that a name, key or secret which must be unique is there already.
var ErrTaken = errors.New("taken")

// Account is a named account or a device.
type Account struct {
	ID           string
	Kind         uint8 // access.Kind
	Name         string
	Folded       string // unique: the name as it is compared
	Parent       string // device: id of the account it acts for; "" the owner of this computer
	Role         string
	Groups       []string
	Home         string
	Root         string
	RootNode     int64
	Mask         uint16 // access.Right
	Settings     string
	Disabled     bool
	Password     string // PHC string
	PasswordOnly []byte // unique; nil: may not sign in without a name
	Created      time.Time
	Changed      time.Time
	Seen         time.Time
}

const accountColumns = `id, kind, name, folded, parent, role, member_of, home, root, root_node, mask, settings,
	disabled, password, password_only, created, changed, seen`

// AddAccount stores a new account; ErrTaken when its name or password-only secret is in use.
func (tx *Tx) AddAccount(a *Account) error {
	_, err := tx.exec(`INSERT INTO account (`+accountColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		a.ID, a.Kind, a.Name, a.Folded, a.Parent, a.Role, strings.Join(a.Groups, "\n"), a.Home, a.Root, a.RootNode,
		a.Mask, a.Settings, a.Disabled, a.Password, a.PasswordOnly, nanos(a.Created), nanos(a.Changed), nanos(a.Seen))
	return taken(err)
}

// SetAccount stores a changed account; ErrTaken as AddAccount.
func (tx *Tx) SetAccount(a *Account) error {
	_, err := tx.exec(`UPDATE account SET name = ?, folded = ?, role = ?, member_of = ?, home = ?, root = ?,
		root_node = ?, mask = ?, settings = ?, disabled = ?, password = ?, password_only = ?, changed = ? WHERE id = ?`,
		a.Name, a.Folded, a.Role, strings.Join(a.Groups, "\n"), a.Home, a.Root, a.RootNode, a.Mask, a.Settings,
		a.Disabled, a.Password, a.PasswordOnly, nanos(a.Changed), a.ID)
	return taken(err)
}

// SeeAccount notes when an account was last used.
func (tx *Tx) SeeAccount(id string, at time.Time) error {
	_, err := tx.exec(`UPDATE account SET seen = ? WHERE id = ?`, nanos(at), id)
	return err
}

// DropAccount forgets an account and its SSH keys.
func (tx *Tx) DropAccount(id string) error {
	err := tx.DropSSHKeys(id)
	if err == nil {
		_, err = tx.exec(`DELETE FROM account WHERE id = ?`, id)
	}
	return err
}

// Account finds an account; ok is false when there is none.
func (tx *Tx) Account(id string) (a Account, ok bool, err error) {
	return tx.account(`SELECT `+accountColumns+` FROM account WHERE id = ?`, id)
}

// AccountNamed finds an account by its folded name.
func (tx *Tx) AccountNamed(folded string) (a Account, ok bool, err error) {
	return tx.account(`SELECT `+accountColumns+` FROM account WHERE folded = ?`, folded)
}

// AccountWithPassword finds the account whose password-only digest this is.
func (tx *Tx) AccountWithPassword(digest []byte) (a Account, ok bool, err error) {
	return tx.account(`SELECT `+accountColumns+` FROM account WHERE password_only = ?`, digest)
}

// Accounts returns all accounts and devices, sorted by folded name.
func (tx *Tx) Accounts() ([]Account, error) {
	return tx.accounts(`SELECT ` + accountColumns + ` FROM account ORDER BY folded`)
}

// Devices returns the devices that act for an account; "" is the owner of this computer.
func (tx *Tx) Devices(parent string) ([]Account, error) {
	return tx.accounts(`SELECT `+accountColumns+` FROM account WHERE parent = ? AND kind = 3 ORDER BY folded`, parent)
}

func (tx *Tx) account(query string, arg any) (Account, bool, error) {
	list, err := tx.accounts(query, arg)
	if err != nil || len(list) == 0 {
		return Account{}, false, err
	}
	return list[0], true, nil
}

func (tx *Tx) accounts(query string, args ...any) ([]Account, error) {
	rows, err := tx.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Account
	for rows.Next() {
		var a Account
		var groups string
		var created, changed, seen int64
		if err := rows.Scan(&a.ID, &a.Kind, &a.Name, &a.Folded, &a.Parent, &a.Role, &groups, &a.Home, &a.Root,
			&a.RootNode, &a.Mask, &a.Settings, &a.Disabled, &a.Password, &a.PasswordOnly, &created, &changed, &seen); err != nil {
			return nil, err
		}
		if groups != "" {
			a.Groups = strings.Split(groups, "\n")
		}
		a.Created, a.Changed, a.Seen = moment(created), moment(changed), moment(seen)
		out = append(out, a)
	}
	return out, rows.Err()
}

// SSHKey is a public key that signs an account in.
type SSHKey struct {
	Account string
	Wire    []byte
	Comment string
	Created time.Time
}

// AddSSHKey stores a key; ErrTaken when the account has it.
func (tx *Tx) AddSSHKey(k SSHKey) error {
	_, err := tx.exec(`INSERT INTO ssh_key (account, wire, comment, created) VALUES (?,?,?,?)`,
		k.Account, k.Wire, k.Comment, nanos(k.Created))
	return taken(err)
}

// DropSSHKey forgets a key; ok is false when the account had none such.
func (tx *Tx) DropSSHKey(account string, wire []byte) (ok bool, err error) {
	return tx.changed(`DELETE FROM ssh_key WHERE account = ? AND wire = ?`, account, wire)
}

// DropSSHKeys forgets all keys of an account.
func (tx *Tx) DropSSHKeys(account string) error {
	_, err := tx.exec(`DELETE FROM ssh_key WHERE account = ?`, account)
	return err
}

// SSHKeys returns the keys of an account, oldest first.
func (tx *Tx) SSHKeys(account string) ([]SSHKey, error) {
	rows, err := tx.query(`SELECT wire, comment, created FROM ssh_key WHERE account = ? ORDER BY created, wire`, account)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []SSHKey
	for rows.Next() {
		k := SSHKey{Account: account}
		var created int64
		if err := rows.Scan(&k.Wire, &k.Comment, &created); err != nil {
			return nil, err
		}
		k.Created = moment(created)
		out = append(out, k)
	}
	return out, rows.Err()
}

// Key returns a stored random key, nil when there is none of that name.
func (tx *Tx) Key(name string) ([]byte, error) {
	var value []byte
	err := tx.row(`SELECT value FROM keyring WHERE name = ?`, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return value, err
}

// SetKey stores a random key under a name.
func (tx *Tx) SetKey(name string, value []byte) error {
	_, err := tx.exec(`INSERT OR REPLACE INTO keyring (name, value) VALUES (?,?)`, name, value)
	return err
}

// DropKey forgets a key; it is no error that there is none.
func (tx *Tx) DropKey(name string) error {
	_, err := tx.exec(`DELETE FROM keyring WHERE name = ?`, name)
	return err
}

// changed runs a statement and reports whether it changed any row.
func (tx *Tx) changed(query string, args ...any) (bool, error) {
	res, err := tx.exec(query, args...)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

func taken(err error) error {
	if err != nil && isTaken(err) {
		return ErrTaken
	}
	return err
}

// nanos and moment write and read a time; the zero time is 0.
func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

func moment(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns).UTC()
}
