package store

import (
	"database/sql"
	"errors"
	"strings"
	"time"
)

// Party names who did something, as rows keep it.
type Party struct {
	Kind   uint8 // access.Kind
	ID     string
	Name   string
	Door   string
	Remote string
	Visit  string // which of many visitors with one identity: a digest of their secret, "" unknown
	Payer  string // whose room it takes: the identity behind the party, as access.Identity.String says it
}

// Content is what is known of one object beyond the disk. It holds while the object still has
// Version.
type Content struct {
	Folder    bool
	Version   string
	Size      int64
	SHA256    []byte // 32 bytes, empty: unknown
	CRC32     uint32
	By        Party
	Arrived   time.Time
	Announced bool // an event told of it; an empty placeholder is not announced
}

// Node returns the id of a place in a volume, 0 when nothing hangs on it. rel is as drivers say it:
// "." is the root.
func (tx *Tx) Node(volume, rel string) (int64, error) {
	return tx.node(volume, rel, false)
}

// MakeNode returns the id of a place in a volume, making it and what lies above it.
func (tx *Tx) MakeNode(volume, rel string) (int64, error) {
	if rel == "." {
		return tx.node(volume, rel, true)
	}
	dir, name := splitRel(rel)
	parent, err := tx.makeFolder(volume, dir)
	if err != nil {
		return 0, err
	}
	return tx.NodeIn(parent, name, true)
}

// folder is a place that many others lie in.
type folder struct{ volume, rel string }

// mostFolders bounds how many folders the writer remembers.
const mostFolders = 1000

// makeFolder is MakeNode of a folder: the writer remembers those that it has made or found, until a
// node moves or goes, or what it did is undone.
func (tx *Tx) makeFolder(volume, rel string) (int64, error) {
	at := folder{volume, rel}
	if id, ok := tx.w.folders[at]; ok {
		return id, nil
	}
	id, err := tx.node(volume, rel, true)
	if err == nil {
		if len(tx.w.folders) >= mostFolders {
			clear(tx.w.folders)
		}
		tx.w.folders[at] = id
	}
	return id, err
}

func (tx *Tx) node(volume, rel string, make bool) (int64, error) {
	id, err := tx.NodeIn(0, volume, make)
	if rel == "." {
		return id, err
	}
	for name := range strings.SplitSeq(rel, "/") {
		if err != nil || id == 0 {
			return 0, err
		}
		id, err = tx.NodeIn(id, name, make)
	}
	return id, err
}

// NodeIn returns the id of a name in a node, 0 when there is none and it shall not be made.
func (tx *Tx) NodeIn(parent int64, name string, make bool) (int64, error) {
	var id int64
	err := tx.row(`SELECT id FROM node WHERE parent = ? AND name = ?`, parent, name).Scan(&id)
	if err == nil || !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	if !make {
		return 0, nil
	}
	return tx.addNode(parent, name)
}

// FreshNode returns the id of a place that something new came to: what hung on it before is dropped.
func (tx *Tx) FreshNode(volume, rel string) (int64, error) {
	if rel == "." {
		return 0, errors.New("store: the root of a volume is never new")
	}
	dir, name := splitRel(rel)
	parent, err := tx.makeFolder(volume, dir)
	if err != nil {
		return 0, err
	}
	// Mostly nothing was there: then this is all.
	res, err := tx.exec(`INSERT OR IGNORE INTO node (parent, name) VALUES (?, ?)`, parent, name)
	if err != nil {
		return 0, err
	}
	if n, err := res.RowsAffected(); err != nil {
		return 0, err
	} else if n > 0 {
		return res.LastInsertId()
	}
	old, err := tx.NodeIn(parent, name, false)
	if err == nil {
		err = tx.dropNode(old)
	}
	if err != nil {
		return 0, err
	}
	return tx.addNode(parent, name)
}

func (tx *Tx) addNode(parent int64, name string) (int64, error) {
	res, err := tx.exec(`INSERT INTO node (parent, name) VALUES (?, ?)`, parent, name)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// Place tells where a node is now; ok is false when there is no such node.
func (tx *Tx) Place(id int64) (volume, rel string, ok bool, err error) {
	rel = "."
	for {
		var parent int64
		var name string
		err = tx.row(`SELECT parent, name FROM node WHERE id = ?`, id).Scan(&parent, &name)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return "", "", false, nil
		case err != nil:
			return "", "", false, err
		case parent == 0:
			return name, rel, true, nil
		case rel == ".":
			rel = name
		default:
			rel = name + "/" + rel
		}
		id = parent
	}
}

// MoveNode lets the node at from, with everything below it, be at to. What was at to is dropped.
// It returns the node's id, 0 when nothing hung on from.
func (tx *Tx) MoveNode(volume, from, toVolume, to string) (int64, error) {
	id, err := tx.Node(volume, from)
	if err != nil {
		return 0, err
	}
	if old, err := tx.Node(toVolume, to); err != nil || old == id && id != 0 {
		return id, err
	}
	if err := tx.DropNode(toVolume, to); err != nil || id == 0 {
		return 0, err
	}
	dir, name := splitRel(to)
	parent, err := tx.makeFolder(toVolume, dir)
	if err != nil {
		return 0, err
	}
	clear(tx.w.folders)
	_, err = tx.exec(`UPDATE node SET parent = ?, name = ? WHERE id = ?`, parent, name, id)
	return id, err
}

// ReplaceNode lets what is known of the content at from be known of to instead, whose node stays: what
// hangs on a name outlives that its content is replaced by a rename, but for properties, which come with
// the content. Where to has no node, or nothing
// is replaced, it is MoveNode.
func (tx *Tx) ReplaceNode(volume, from, to string) (int64, error) {
	src, err := tx.Node(volume, from)
	if err != nil {
		return 0, err
	}
	dst, err := tx.Node(volume, to)
	if err != nil || dst == 0 || dst == src {
		return tx.MoveNode(volume, from, volume, to)
	}
	if _, err := tx.exec(`DELETE FROM content WHERE node = ?`, dst); err != nil {
		return 0, err
	}
	if _, err := tx.exec(`UPDATE content SET node = ? WHERE node = ?`, dst, src); err != nil {
		return 0, err
	}
	if err := tx.TakeProperties(src, dst); err != nil {
		return 0, err
	}
	return dst, tx.DropNode(volume, from)
}

// DropNode forgets a place and everything below it.
func (tx *Tx) DropNode(volume, rel string) error {
	id, err := tx.Node(volume, rel)
	if err != nil || id == 0 {
		return err
	}
	return tx.dropNode(id)
}

func (tx *Tx) dropNode(id int64) error {
	clear(tx.w.folders)
	const below = `WITH RECURSIVE below(id) AS (
		VALUES (?) UNION ALL SELECT node.id FROM node JOIN below ON node.parent = below.id) `
	for _, table := range [...]string{"content", "property"} {
		if _, err := tx.exec(below+`DELETE FROM `+table+` WHERE node IN (SELECT id FROM below)`, id); err != nil {
			return err
		}
	}
	// What is known of a name goes with its earlier contents.
	if _, err := tx.exec(below+`UPDATE attic SET kind = '`+AtticOldVersion+`' WHERE kind = '`+AtticVersions+`'
		AND node IN (SELECT id FROM below)`, id); err != nil {
		return err
	}
	_, err := tx.exec(below+`DELETE FROM node WHERE id IN (SELECT id FROM below)`, id)
	return err
}

const contentColumns = `folder, version, size, sha256, crc32, by_kind, by_id, by_name, door, remote, visit, payer, arrived, announced`

// PutContent stores what is known of a node's content, over what was known before.
func (tx *Tx) PutContent(node int64, c Content) error {
	_, err := tx.exec(`INSERT OR REPLACE INTO content (node, `+contentColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		node, c.Folder, c.Version, c.Size, notNil(c.SHA256), c.CRC32, c.By.Kind, c.By.ID, c.By.Name, c.By.Door,
		c.By.Remote, c.By.Visit, c.By.Payer, c.Arrived.UnixNano(), c.Announced)
	return err
}

// SetVersion follows a change that left the bytes as they were (times, a rename): what was known of
// the content at version was is known of it at version now.
func (tx *Tx) SetVersion(node int64, was, now string) error {
	_, err := tx.exec(`UPDATE content SET version = ? WHERE node = ? AND version = ?`, now, node, was)
	return err
}

// Content returns what is known of a node's content; ok is false when nothing is.
func (tx *Tx) Content(node int64) (c Content, ok bool, err error) {
	c, err = scanContent(tx.row(`SELECT `+contentColumns+` FROM content WHERE node = ?`, node))
	if errors.Is(err, sql.ErrNoRows) {
		return Content{}, false, nil
	}
	return c, err == nil, err
}

// ContentsIn returns what is known of everything that arrived in a folder since a moment, by name.
func (tx *Tx) ContentsIn(parent int64, since time.Time) (map[string]Content, error) {
	rows, err := tx.query(`SELECT node.name, `+contentColumns+` FROM node JOIN content ON content.node = node.id
		WHERE node.parent = ? AND content.arrived > ?`, parent, since.UnixNano())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[string]Content)
	for rows.Next() {
		var name string
		c, err := scanContent(prefixed{rows, &name})
		if err != nil {
			return nil, err
		}
		out[name] = c
	}
	return out, rows.Err()
}

type scanner interface{ Scan(dest ...any) error }

// prefixed scans one column before the rest.
type prefixed struct {
	scanner
	first any
}

func (p prefixed) Scan(dest ...any) error {
	return p.scanner.Scan(append([]any{p.first}, dest...)...)
}

func scanContent(r scanner) (c Content, err error) {
	var arrived int64
	err = r.Scan(&c.Folder, &c.Version, &c.Size, &c.SHA256, &c.CRC32, &c.By.Kind, &c.By.ID, &c.By.Name,
		&c.By.Door, &c.By.Remote, &c.By.Visit, &c.By.Payer, &arrived, &c.Announced)
	c.Arrived = time.Unix(0, arrived).UTC()
	return c, err
}

// splitRel cuts the last segment off a relative name.
func splitRel(rel string) (dir, name string) {
	if i := strings.LastIndexByte(rel, '/'); i >= 0 {
		return rel[:i], rel[i+1:]
	}
	return ".", rel
}

// notNil gives an empty blob for nil, which a NOT NULL column refuses.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
