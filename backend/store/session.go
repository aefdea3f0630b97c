package store

import "time"

// Session is somebody signed in. Only the digest of the secret is kept.
type Session struct {
	ID      string
	Digest  []byte // SHA-256 of the secret
	Kind    uint8  // access.Kind of who it is
	Account string
	Seal    []byte
	Secure  bool
	Fixed   bool
	Door    string
	Remote  string
	Client  string
	Created time.Time
	Seen    time.Time
	Expires time.Time
}

const sessionColumns = `id, digest, kind, account, seal, secure, fixed, door, remote, client, created, seen, expires`

// AddSession stores a session.
func (tx *Tx) AddSession(s *Session) error {
	_, err := tx.exec(`INSERT INTO session (`+sessionColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		s.ID, s.Digest, s.Kind, s.Account, s.Seal, s.Secure, s.Fixed, s.Door, s.Remote, s.Client,
		nanos(s.Created), nanos(s.Seen), nanos(s.Expires))
	return err
}

// Session finds a session by the digest of its secret; ok is false when there is none.
func (tx *Tx) Session(digest []byte) (s Session, ok bool, err error) {
	list, err := tx.sessions(`SELECT `+sessionColumns+` FROM session WHERE digest = ?`, digest)
	if err != nil || len(list) == 0 {
		return Session{}, false, err
	}
	return list[0], true, nil
}

// Sessions returns the sessions of one identity, the one last seen first.
func (tx *Tx) Sessions(kind uint8, account string) ([]Session, error) {
	return tx.sessions(`SELECT `+sessionColumns+` FROM session WHERE kind = ? AND account = ? ORDER BY seen DESC, id`, kind, account)
}

func (tx *Tx) sessions(query string, args ...any) ([]Session, error) {
	rows, err := tx.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Session
	for rows.Next() {
		var s Session
		var created, seen, expires int64
		if err := rows.Scan(&s.ID, &s.Digest, &s.Kind, &s.Account, &s.Seal, &s.Secure, &s.Fixed, &s.Door, &s.Remote,
			&s.Client, &created, &seen, &expires); err != nil {
			return nil, err
		}
		s.Created, s.Seen, s.Expires = moment(created), moment(seen), moment(expires)
		out = append(out, s)
	}
	return out, rows.Err()
}

// SeeSession notes that a session was used, from where, and until when it now lasts.
func (tx *Tx) SeeSession(id, remote string, seen, expires time.Time) error {
	_, err := tx.exec(`UPDATE session SET remote = ?, seen = ?, expires = ? WHERE id = ?`, remote, nanos(seen), nanos(expires), id)
	return err
}

// DropSession ends a session of one identity; ok is false when it has none such.
func (tx *Tx) DropSession(kind uint8, account, id string) (ok bool, err error) {
	return tx.changed(`DELETE FROM session WHERE kind = ? AND account = ? AND id = ?`, kind, account, id)
}

// DropSessions ends the sessions of one identity, except one of them ("" for none), and returns how many.
func (tx *Tx) DropSessions(kind uint8, account, except string) (int64, error) {
	res, err := tx.exec(`DELETE FROM session WHERE kind = ? AND account = ? AND id <> ?`, kind, account, except)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

// DropExpiredSessions forgets the sessions that ended before a moment, and of one identity all but
// the newest keep.
func (tx *Tx) DropExpiredSessions(now time.Time, kind uint8, account string, keep int) error {
	_, err := tx.exec(`DELETE FROM session WHERE expires <= ?`, nanos(now))
	if err == nil {
		_, err = tx.exec(`DELETE FROM session WHERE id IN (SELECT id FROM session WHERE kind = ? AND account = ?
			ORDER BY seen DESC LIMIT -1 OFFSET ?)`, kind, account, keep)
	}
	return err
}
