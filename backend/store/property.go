package store

import (
	"database/sql"
	"errors"
)

// Property is something that a client hung on a node.
type Property struct {
	Space, Name string // namespace and local name: together one of a node
	Lang        string // of the value, "" unknown
	Value       string // XML that stands by itself
}

// HasProperties reports whether anything hangs on any node.
func (tx *Tx) HasProperties() (bool, error) {
	var one int
	err := tx.row(`SELECT 1 FROM property LIMIT 1`).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// Properties returns what hangs on a node, in the order in which it came.
func (tx *Tx) Properties(node int64) ([]Property, error) {
	rows, err := tx.query(`SELECT space, name, lang, value FROM property WHERE node = ? ORDER BY rowid`, node)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Property
	for rows.Next() {
		var p Property
		if err := rows.Scan(&p.Space, &p.Name, &p.Lang, &p.Value); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// PropertiesIn returns what hangs on the names in a node, by name.
func (tx *Tx) PropertiesIn(parent int64) (map[string][]Property, error) {
	rows, err := tx.query(`SELECT node.name, property.space, property.name, property.lang, property.value
		FROM node JOIN property ON property.node = node.id WHERE node.parent = ? ORDER BY property.rowid`, parent)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[string][]Property)
	for rows.Next() {
		var at string
		var p Property
		if err := rows.Scan(&at, &p.Space, &p.Name, &p.Lang, &p.Value); err != nil {
			return nil, err
		}
		out[at] = append(out[at], p)
	}
	return out, rows.Err()
}

// PutProperty hangs a property on a node, in place of one of that name.
func (tx *Tx) PutProperty(node int64, p Property) error {
	_, err := tx.exec(`INSERT INTO property (node, space, name, lang, value) VALUES (?,?,?,?,?)
		ON CONFLICT (node, space, name) DO UPDATE SET lang = excluded.lang, value = excluded.value`,
		node, p.Space, p.Name, p.Lang, p.Value)
	return err
}

// DropProperty takes a property away, if it is there.
func (tx *Tx) DropProperty(node int64, space, name string) error {
	_, err := tx.exec(`DELETE FROM property WHERE node = ? AND space = ? AND name = ?`, node, space, name)
	return err
}

// TakeProperties lets what hangs at from hang at to, in place of what hung there; both are nodes of a
// file, or of a folder by itself.
func (tx *Tx) TakeProperties(from, to int64) error {
	if _, err := tx.exec(`DELETE FROM property WHERE node = ?`, to); err != nil {
		return err
	}
	_, err := tx.exec(`UPDATE property SET node = ? WHERE node = ?`, to, from)
	return err
}

// CopyProperties lets what hangs at from, and below it, hang at to as well, in place of what hung there.
func (tx *Tx) CopyProperties(volume, from, toVolume, to string) error {
	if any, err := tx.HasProperties(); err != nil || !any {
		return err
	}
	if there, err := tx.Node(toVolume, to); err != nil {
		return err
	} else if there != 0 {
		if _, err := tx.exec(`DELETE FROM property WHERE node = ?`, there); err != nil {
			return err
		}
	}
	id, err := tx.Node(volume, from)
	if err != nil || id == 0 {
		return err
	}
	hung, err := tx.hungBelow(id)
	for _, h := range hung {
		var there int64
		if there, err = tx.MakeNode(toVolume, to+h.rel); err == nil {
			_, err = tx.exec(`INSERT OR REPLACE INTO property (node, space, name, lang, value)
				SELECT ?, space, name, lang, value FROM property WHERE node = ? ORDER BY rowid`, there, h.node)
		}
		if err != nil {
			return err
		}
	}
	return err
}

// hung is a node on which something hangs, and where it is below another one: "" or "/x/y".
type hung struct {
	node int64
	rel  string
}

func (tx *Tx) hungBelow(id int64) ([]hung, error) {
	rows, err := tx.query(`WITH RECURSIVE below(id, rel) AS (
		VALUES (?, '') UNION ALL SELECT node.id, below.rel || '/' || node.name FROM node JOIN below ON node.parent = below.id)
		SELECT id, rel FROM below WHERE EXISTS (SELECT 1 FROM property WHERE property.node = below.id)`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []hung
	for rows.Next() {
		var h hung
		if err := rows.Scan(&h.node, &h.rel); err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, rows.Err()
}
