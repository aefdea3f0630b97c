package store

import (
	"strings"
	"time"
)

// Share is a link to a place of the tree.
type Share struct {
	ID       string
	Key      string // folded; unique
	Node     int64  // 0: whatever is at Path
	Path     string // canonical tree path, of the time when Node was noted
	File     bool
	Items    []string // of a selection: access.Identity.Items
	Title    string
	By       Party // the maker; Door and Remote are not kept
	OfKind   uint8 // whose it is: the maker, or whom the maker acted for
	OfID     string
	Preset   string
	Mask     uint16 // access.Right
	Created  time.Time
	Expires  time.Time // zero: never
	MaxUses  int64     // 0: no limit
	Uses     int64
	Password string   // PHC string
	Networks []string // address prefixes
	Public   bool
	Paused   bool
	Ask      bool // a new device is let in by whoever shares, see Admission
	Opened   time.Time
	Ended    time.Time // when its expiry was told as an event
}

const shareColumns = `id, link_key, node, path, file, title, by_kind, by_id, by_name, of_kind, of_id, preset, mask, created, expires,
	max_uses, uses, password, networks, public, paused, opened, ended, items, ask`

// AddShare stores a share; ErrTaken when its key is in use.
func (tx *Tx) AddShare(s *Share) error {
	_, err := tx.exec(`INSERT INTO share (`+shareColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		s.ID, s.Key, s.Node, s.Path, s.File, s.Title, s.By.Kind, s.By.ID, s.By.Name, s.OfKind, s.OfID, s.Preset, s.Mask, nanos(s.Created),
		nanos(s.Expires), s.MaxUses, s.Uses, s.Password, strings.Join(s.Networks, "\n"), s.Public, s.Paused,
		nanos(s.Opened), nanos(s.Ended), strings.Join(s.Items, "\x00"), s.Ask)
	return taken(err)
}

// SetShare stores what can change of a share; not how often it was used. ErrTaken as AddShare.
func (tx *Tx) SetShare(s *Share) error {
	_, err := tx.exec(`UPDATE share SET link_key = ?, title = ?, preset = ?, mask = ?, expires = ?, max_uses = ?,
		password = ?, networks = ?, public = ?, paused = ?, ended = ?, ask = ? WHERE id = ?`,
		s.Key, s.Title, s.Preset, s.Mask, nanos(s.Expires), s.MaxUses, s.Password, strings.Join(s.Networks, "\n"),
		s.Public, s.Paused, nanos(s.Ended), s.Ask, s.ID)
	return taken(err)
}

// UseShare counts one use; ok is false when there is none left or the share was paused, changed its
// key or is gone.
func (tx *Tx) UseShare(id, key string, at time.Time) (ok bool, err error) {
	return tx.changed(`UPDATE share SET uses = uses + 1, opened = ?
		WHERE id = ? AND link_key = ? AND paused = 0 AND (max_uses = 0 OR uses < max_uses)`, nanos(at), id, key)
}

// DropShare forgets a share, and who was let in.
func (tx *Tx) DropShare(id string) (ok bool, err error) {
	if ok, err = tx.changed(`DELETE FROM share WHERE id = ?`, id); err == nil {
		err = tx.dropAdmissions()
	}
	return ok, err
}

// Share finds a share by id; ok is false when there is none.
func (tx *Tx) Share(id string) (s Share, ok bool, err error) {
	return tx.share(`SELECT `+shareColumns+` FROM share WHERE id = ?`, id)
}

// ShareByKey finds a share by its folded key.
func (tx *Tx) ShareByKey(key string) (s Share, ok bool, err error) {
	return tx.share(`SELECT `+shareColumns+` FROM share WHERE link_key = ?`, key)
}

// Shares returns all shares, newest first.
func (tx *Tx) Shares() ([]Share, error) {
	return tx.shares(`SELECT ` + shareColumns + ` FROM share ORDER BY created DESC, id`)
}

// SharesOf returns the shares that belong to one identity.
func (tx *Tx) SharesOf(kind uint8, id string) ([]Share, error) {
	return tx.shares(`SELECT `+shareColumns+` FROM share WHERE of_kind = ? AND of_id = ?`, kind, id)
}

// SharesExpired returns the shares whose time has come and of which no event told yet.
func (tx *Tx) SharesExpired(now time.Time) ([]Share, error) {
	return tx.shares(`SELECT `+shareColumns+` FROM share WHERE expires > 0 AND expires <= ? AND ended = 0`, nanos(now))
}

// NextExpiry returns when the next share expires, zero for never.
func (tx *Tx) NextExpiry() (time.Time, error) {
	var ns int64
	err := tx.row(`SELECT coalesce(min(expires), 0) FROM share WHERE expires > 0 AND ended = 0`).Scan(&ns)
	return moment(ns), err
}

// HasSharesEnded reports whether DropSharesEnded has anything to do.
func (tx *Tx) HasSharesEnded(before time.Time) (ok bool, err error) {
	err = tx.row(`SELECT EXISTS (SELECT 1 FROM share WHERE ended > 0 AND ended <= ?)`, nanos(before)).Scan(&ok)
	return ok, err
}

// CountShares returns how many shares there are.
func (tx *Tx) CountShares() (n int64, err error) {
	err = tx.row(`SELECT count(*) FROM share`).Scan(&n)
	return n, err
}

// DropSharesEnded forgets the shares that expired before a moment.
func (tx *Tx) DropSharesEnded(before time.Time) error {
	_, err := tx.exec(`DELETE FROM share WHERE ended > 0 AND ended <= ?`, nanos(before))
	if err == nil {
		err = tx.dropAdmissions()
	}
	return err
}

func (tx *Tx) share(query string, arg any) (Share, bool, error) {
	list, err := tx.shares(query, arg)
	if err != nil || len(list) == 0 {
		return Share{}, false, err
	}
	return list[0], true, nil
}

func (tx *Tx) shares(query string, args ...any) ([]Share, error) {
	rows, err := tx.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Share
	for rows.Next() {
		var s Share
		var networks, items string
		var created, expires, opened, ended int64
		if err := rows.Scan(&s.ID, &s.Key, &s.Node, &s.Path, &s.File, &s.Title, &s.By.Kind, &s.By.ID, &s.By.Name,
			&s.OfKind, &s.OfID, &s.Preset, &s.Mask, &created, &expires, &s.MaxUses, &s.Uses, &s.Password, &networks, &s.Public, &s.Paused,
			&opened, &ended, &items, &s.Ask); err != nil {
			return nil, err
		}
		if networks != "" {
			s.Networks = strings.Split(networks, "\n")
		}
		if items != "" {
			s.Items = strings.Split(items, "\x00")
		}
		s.Created, s.Expires, s.Opened, s.Ended = moment(created), moment(expires), moment(opened), moment(ended)
		out = append(out, s)
	}
	return out, rows.Err()
}
