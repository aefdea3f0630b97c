package store

import "time"

// Lock is one held lock.
type Lock struct {
	Token   string
	Path    string // canonical tree path
	Shared  bool
	Subtree bool
	Owner   string // free text of the client
	By      Party  // Remote is not kept
	Timeout time.Duration
	Until   time.Time
}

const lockColumns = `token, path, shared, subtree, owner, by_kind, by_id, by_name, door, timeout, until`

// PutLock stores or replaces a lock.
func (tx *Tx) PutLock(l Lock) error {
	_, err := tx.exec(`INSERT OR REPLACE INTO lock (`+lockColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?)`,
		l.Token, l.Path, l.Shared, l.Subtree, l.Owner, l.By.Kind, l.By.ID, l.By.Name, l.By.Door,
		int64(l.Timeout), l.Until.UnixNano())
	return err
}

// DropLock forgets a lock.
func (tx *Tx) DropLock(token string) error {
	_, err := tx.exec(`DELETE FROM lock WHERE token = ?`, token)
	return err
}

// DropLocksUntil forgets the locks that ended before a moment.
func (tx *Tx) DropLocksUntil(now time.Time) error {
	_, err := tx.exec(`DELETE FROM lock WHERE until <= ?`, now.UnixNano())
	return err
}

// Locks returns all locks, sorted by path.
func (tx *Tx) Locks() ([]Lock, error) {
	rows, err := tx.query(`SELECT ` + lockColumns + ` FROM lock ORDER BY path, token`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Lock
	for rows.Next() {
		var l Lock
		var timeout, until int64
		if err := rows.Scan(&l.Token, &l.Path, &l.Shared, &l.Subtree, &l.Owner, &l.By.Kind, &l.By.ID, &l.By.Name,
			&l.By.Door, &timeout, &until); err != nil {
			return nil, err
		}
		l.Timeout, l.Until = time.Duration(timeout), time.Unix(0, until).UTC()
		out = append(out, l)
	}
	return out, rows.Err()
}
