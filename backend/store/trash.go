package store

import (
	"database/sql"
	"errors"
	"time"
)

// Kinds of things in the attic.
const (
	AtticTrash    = "trash"    // removed by somebody, can be restored
	AtticVersions = "versions" // content that was replaced
	AtticPurge    = "purge"    // lies in the trash folder, and goes for good

	// AtticOldVersion lies among the versions and goes for good.
	AtticOldVersion = "old version"
)

// Kept is one thing in a hidden folder of a volume.
type Kept struct {
	ID      string // also its name there
	Node    int64  // versions: of the name whose content it was
	Kind    string
	Volume  string
	Path    string // where it was, inside the volume
	Near    string // the folder whose hidden folder holds it, inside the volume
	Folder  bool
	Size    int64 // bytes in all
	Files   int64
	Folders int64
	SHA256  []byte // of a file, where known
	CRC32   uint32
	By      Party // who removed or replaced it; Door is not kept
	At      time.Time
}

const keptColumns = `id, node, kind, volume, path, near, folder, size, files, folders, sha256, crc32,
	by_kind, by_id, by_name, remote, visit, payer, at`

// PutKept stores or replaces the row of a kept thing.
func (tx *Tx) PutKept(k Kept) error {
	_, err := tx.exec(`INSERT OR REPLACE INTO attic (`+keptColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		k.ID, k.Node, k.Kind, k.Volume, k.Path, k.Near, k.Folder, k.Size, k.Files, k.Folders, notNil(k.SHA256), k.CRC32,
		k.By.Kind, k.By.ID, k.By.Name, k.By.Remote, k.By.Visit, k.By.Payer, k.At.UnixNano())
	return err
}

// DropKept forgets a kept thing.
func (tx *Tx) DropKept(id string) error {
	_, err := tx.exec(`DELETE FROM attic WHERE id = ?`, id)
	return err
}

// Kept returns one kept thing; ok is false when there is none of that id.
func (tx *Tx) Kept(id string) (k Kept, ok bool, err error) {
	k, err = scanKept(tx.row(`SELECT `+keptColumns+` FROM attic WHERE id = ?`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Kept{}, false, nil
	}
	return k, err == nil, err
}

// KeptIn returns up to limit kept things of one kind, the oldest first.
func (tx *Tx) KeptIn(volume, kind string, limit int) ([]Kept, error) {
	return tx.kept(`SELECT `+keptColumns+` FROM attic WHERE volume = ? AND kind = ? ORDER BY at, id LIMIT ?`,
		volume, kind, limit)
}

// KeptLast returns up to limit kept things of one kind, the newest first.
func (tx *Tx) KeptLast(volume, kind string, limit int) ([]Kept, error) {
	return tx.kept(`SELECT `+keptColumns+` FROM attic WHERE volume = ? AND kind = ? ORDER BY at DESC, id LIMIT ?`,
		volume, kind, limit)
}

// KeptOf returns the kept things of one kind that hang on a node, the newest first.
func (tx *Tx) KeptOf(node int64, kind string) ([]Kept, error) {
	return tx.kept(`SELECT `+keptColumns+` FROM attic WHERE node = ? AND kind = ? ORDER BY at DESC, id`, node, kind)
}

// KeptBytes returns how many bytes the kept things of these kinds hold.
func (tx *Tx) KeptBytes(volume string, kinds ...string) (bytes int64, err error) {
	for _, kind := range kinds {
		var n int64
		err := tx.row(`SELECT COALESCE(SUM(size), 0) FROM attic WHERE volume = ? AND kind = ?`, volume, kind).Scan(&n)
		if err != nil {
			return 0, err
		}
		bytes += n
	}
	return bytes, nil
}

func (tx *Tx) kept(query string, args ...any) ([]Kept, error) {
	rows, err := tx.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Kept
	for rows.Next() {
		k, err := scanKept(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, rows.Err()
}

func scanKept(r scanner) (k Kept, err error) {
	var at int64
	err = r.Scan(&k.ID, &k.Node, &k.Kind, &k.Volume, &k.Path, &k.Near, &k.Folder, &k.Size, &k.Files, &k.Folders, &k.SHA256,
		&k.CRC32, &k.By.Kind, &k.By.ID, &k.By.Name, &k.By.Remote, &k.By.Visit, &k.By.Payer, &at)
	k.At = time.Unix(0, at).UTC()
	return k, err
}
