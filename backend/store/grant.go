package store

import "time"

// Grant is one line of the list of who may do what in a folder.
type Grant struct {
	Volume  string
	Node    int64  // 0: whatever is at Path
	Path    string // canonical tree path, of the time when Node was noted
	Kind    uint8  // access.Subject
	ID      string
	Group   string
	Rights  uint16 // access.Right
	By      string // name of who granted it
	Created time.Time
}

const grantColumns = `volume, node, path, who_kind, who_id, who_group, rights, by_name, created`

// Grants returns all grants, ordered by place.
func (tx *Tx) Grants() ([]Grant, error) {
	rows, err := tx.query(`SELECT ` + grantColumns + ` FROM grants ORDER BY path, volume, node, who_kind, who_id, who_group`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Grant
	for rows.Next() {
		var g Grant
		var created int64
		if err := rows.Scan(&g.Volume, &g.Node, &g.Path, &g.Kind, &g.ID, &g.Group, &g.Rights, &g.By, &created); err != nil {
			return nil, err
		}
		g.Created = moment(created)
		out = append(out, g)
	}
	return out, rows.Err()
}

// AddGrant stores one line; ErrTaken when its place has one for the same subject.
func (tx *Tx) AddGrant(g Grant) error {
	_, err := tx.exec(`INSERT INTO grants (`+grantColumns+`) VALUES (?,?,?,?,?,?,?,?,?)`,
		g.Volume, g.Node, g.Path, g.Kind, g.ID, g.Group, g.Rights, g.By, nanos(g.Created))
	return taken(err)
}

// DropGrants forgets the list of one place: of node, or where that is 0 of path.
func (tx *Tx) DropGrants(volume string, node int64, path string) (ok bool, err error) {
	if node != 0 {
		return tx.changed(`DELETE FROM grants WHERE volume = ? AND node = ?`, volume, node)
	}
	return tx.changed(`DELETE FROM grants WHERE volume = ? AND node = 0 AND path = ?`, volume, path)
}

// DropGrantsTo forgets what one account was granted. Its places keep a list of their own, if need be
// an empty one, so that nobody gains a right because somebody else left.
func (tx *Tx) DropGrantsTo(kind uint8, id string) error {
	_, err := tx.exec(`INSERT OR IGNORE INTO grants (`+grantColumns+`)
		SELECT volume, node, path, 0, '', '', 0, by_name, created FROM grants WHERE who_kind = ? AND who_id = ?`, kind, id)
	if err == nil {
		_, err = tx.exec(`DELETE FROM grants WHERE who_kind = ? AND who_id = ?`, kind, id)
	}
	return err
}
