package store

// Taken is room that files take, and how many there are.
type Taken struct{ Bytes, Files int64 }

// TakenBy counts what takes room on somebody's account: files that are there or in the trash, and
// earlier contents of files.
func (tx *Tx) TakenBy(payer string) (Taken, error) {
	return tx.taken(`SELECT sum(b), sum(n) FROM (
		SELECT coalesce(sum(size), 0) AS b, count(*) AS n FROM content WHERE payer = ? AND folder = 0
		UNION ALL SELECT coalesce(sum(size), 0), 0 FROM attic WHERE payer = ? AND kind = ?)`,
		payer, payer, AtticVersions)
}

// TakenThrough counts the files that one identity itself stored and that are there or in the trash.
func (tx *Tx) TakenThrough(kind uint8, id string) (Taken, error) {
	return tx.taken(`SELECT coalesce(sum(size), 0), count(*) FROM content WHERE by_kind = ? AND by_id = ? AND folder = 0`, kind, id)
}

// TakenIn counts what was stored in a volume: as TakenBy, for everybody. The nodes of what lies in its
// trash hang on a root of their own.
func (tx *Tx) TakenIn(volume string) (Taken, error) {
	return tx.taken(`WITH RECURSIVE below(id) AS (
			SELECT id FROM node WHERE parent = 0 AND name IN (?, 'attic:' || ?)
			UNION ALL SELECT node.id FROM node JOIN below ON node.parent = below.id)
		SELECT sum(b), sum(n) FROM (
			SELECT coalesce(sum(size), 0) AS b, count(*) AS n FROM below JOIN content ON content.node = below.id
				WHERE folder = 0 AND payer <> ''
			UNION ALL SELECT coalesce(sum(size), 0), 0 FROM attic WHERE volume = ? AND kind = ? AND payer <> '')`,
		volume, volume, volume, AtticVersions)
}

func (tx *Tx) taken(query string, args ...any) (t Taken, err error) {
	err = tx.row(query, args...).Scan(&t.Bytes, &t.Files)
	return t, err
}
