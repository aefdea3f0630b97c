package store

import "time"

// SetAdmission keeps what was answered about a device. Scope is the id of a share, or whoever's shares.
func (tx *Tx) SetAdmission(scope, device string, allowed bool, at time.Time) error {
	_, err := tx.exec(`INSERT INTO admission (scope, device, allowed, created) VALUES (?,?,?,?)
		ON CONFLICT (scope, device) DO UPDATE SET allowed = excluded.allowed, created = excluded.created`, scope, device, allowed, nanos(at))
	return err
}

// Admission returns what was answered about a device; found is false where nothing was.
func (tx *Tx) Admission(scope, device string) (allowed, found bool, err error) {
	rows, err := tx.query(`SELECT allowed FROM admission WHERE scope = ? AND device = ?`, scope, device)
	if err != nil {
		return false, false, err
	}
	defer rows.Close()
	if rows.Next() {
		found, err = true, rows.Scan(&allowed)
	}
	if err == nil {
		err = rows.Err()
	}
	return allowed, found, err
}

// dropAdmissions forgets what was answered at shares that are no more.
func (tx *Tx) dropAdmissions() error {
	_, err := tx.exec(`DELETE FROM admission WHERE instr(scope, ':') = 0 AND scope NOT IN (SELECT id FROM share)`)
	return err
}
