package store

import "time"

// Admission is what was answered about a device.
type Admission struct {
	Scope   string // id of a share; or whose shares all
	Device  string
	Allowed bool
	At      time.Time
	Remote  string // of the device when it asked
	Client  string
	Always  string // at a share: the Device of the answer about all of its maker's, which was given with this one
}

// SetAdmission keeps an answer.
func (tx *Tx) SetAdmission(a *Admission) error {
	_, err := tx.exec(`INSERT INTO admission (scope, device, allowed, created, remote, client, always) VALUES (?,?,?,?,?,?,?)
		ON CONFLICT (scope, device) DO UPDATE SET allowed = excluded.allowed, created = excluded.created,
			remote = excluded.remote, client = excluded.client, always = excluded.always`,
		a.Scope, a.Device, a.Allowed, nanos(a.At), a.Remote, a.Client, a.Always)
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

// Admissions returns what was answered in a scope, the newest first.
func (tx *Tx) Admissions(scope string) ([]Admission, error) {
	rows, err := tx.query(`SELECT device, allowed, created, remote, client, always FROM admission WHERE scope = ? ORDER BY created DESC, device`, scope)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Admission
	for rows.Next() {
		a, at := Admission{Scope: scope}, int64(0)
		if err := rows.Scan(&a.Device, &a.Allowed, &at, &a.Remote, &a.Client, &a.Always); err != nil {
			return nil, err
		}
		a.At = moment(at)
		out = append(out, a)
	}
	return out, rows.Err()
}

// DropAdmission forgets an answer, and those that were given at shares together with it.
func (tx *Tx) DropAdmission(scope, device string) error {
	_, err := tx.exec(`DELETE FROM admission WHERE scope = ?1 AND device = ?2
		OR always = ?2 AND scope IN (SELECT id FROM share WHERE of_kind || ':' || of_id = ?1)`, scope, device)
	return err
}

// dropAdmissions forgets what was answered at shares that are no more.
func (tx *Tx) dropAdmissions() error {
	_, err := tx.exec(`DELETE FROM admission WHERE instr(scope, ':') = 0 AND scope NOT IN (SELECT id FROM share)`)
	return err
}
