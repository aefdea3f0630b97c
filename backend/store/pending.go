package store

import (
	"database/sql"
	"errors"
	"time"
	"unicode/utf8"
)

// Pending indexes one unfinished write; the journal beside its staging file holds the rest.
type Pending struct {
	ID      string
	Volume  string
	Path    string // inside the volume
	By      Party  // Door is not kept
	Size    int64  // announced, -1 unknown
	Begun   time.Time
	Expires time.Time
}

const pendingColumns = `id, volume, path, by_kind, by_id, by_name, remote, visit, size, begun, expires`

// PutPending stores or replaces the row of a pending write.
func (tx *Tx) PutPending(p Pending) error {
	_, err := tx.exec(`INSERT OR REPLACE INTO pending (`+pendingColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?)`,
		p.ID, p.Volume, p.Path, p.By.Kind, p.By.ID, p.By.Name, p.By.Remote, p.By.Visit, p.Size, p.Begun.UnixNano(), p.Expires.UnixNano())
	return err
}

// DropPending forgets a pending write.
func (tx *Tx) DropPending(id string) error {
	_, err := tx.exec(`DELETE FROM pending WHERE id = ?`, id)
	return err
}

// Pendings returns the pending writes of a volume, oldest first.
func (tx *Tx) Pendings(volume string) ([]Pending, error) {
	rows, err := tx.query(`SELECT `+pendingColumns+` FROM pending WHERE volume = ? ORDER BY begun, id`, volume)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Pending
	for rows.Next() {
		p, err := scanPending(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// MovePendings lets the pending writes below a folder follow it to another name.
func (tx *Tx) MovePendings(volume, from, to string) error {
	_, err := tx.exec(`UPDATE pending SET path = ? || substr(path, ?) WHERE volume = ? AND substr(path, 1, ?) = ?`,
		to, utf8.RuneCountInString(from)+1, volume, utf8.RuneCountInString(from)+1, from+"/")
	return err
}

// Pending returns one pending write; ok is false when there is none of that id.
func (tx *Tx) Pending(id string) (p Pending, ok bool, err error) {
	p, err = scanPending(tx.row(`SELECT `+pendingColumns+` FROM pending WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Pending{}, false, nil
	}
	return p, err == nil, err
}

func scanPending(r scanner) (p Pending, err error) {
	var begun, expires int64
	err = r.Scan(&p.ID, &p.Volume, &p.Path, &p.By.Kind, &p.By.ID, &p.By.Name, &p.By.Remote, &p.By.Visit, &p.Size, &begun, &expires)
	p.Begun, p.Expires = time.Unix(0, begun).UTC(), time.Unix(0, expires).UTC()
	return p, err
}

// Intent is a change of a volume that has begun; Data is vfs' own.
type Intent struct {
	ID   int64
	Data []byte
}

// PutIntent notes a change before it happens and returns its id.
func (tx *Tx) PutIntent(volume string, data []byte) (int64, error) {
	res, err := tx.exec(`INSERT INTO intent (volume, data) VALUES (?, ?)`, volume, data)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// DropIntent forgets a change: it is recorded, or it did not happen.
func (tx *Tx) DropIntent(id int64) error {
	_, err := tx.exec(`DELETE FROM intent WHERE id = ?`, id)
	return err
}

// Intents returns the changes of a volume that a crash cut, in the order in which they began.
func (tx *Tx) Intents(volume string) ([]Intent, error) {
	rows, err := tx.query(`SELECT id, data FROM intent WHERE volume = ? ORDER BY id`, volume)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Intent
	for rows.Next() {
		var i Intent
		if err := rows.Scan(&i.ID, &i.Data); err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, rows.Err()
}
