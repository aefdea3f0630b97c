package store

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"

	lib "modernc.org/sqlite/lib"
)

// errNothing: not one row could be read.
var errNothing = errors.New("nothing could be read")

const (
	// rowPatience is more rows than two lost interior pages lead to.
	rowPatience = 8000
	// idMargin is how far new ids keep away from those of rows that may be lost.
	idMargin = 1 << 20
)

// tolerant makes the engine go on with a file that is shorter than it says, and with parts of a schema.
const tolerant = "writable_schema(1)"

// salvager moves rows from a damaged database ("old") into a fresh one.
type salvager struct {
	c    *sql.Conn
	ctx  context.Context
	rows int64 // taken of the present table

	// A table ends when so many rows in a row cannot be read: behind them there is nothing, or nothing
	// that the tree of pages still leads to.
	patience int

	query string // that stmt was prepared from
	stmt  *sql.Stmt
}

func (s *salvager) close() {
	if s.stmt != nil {
		s.stmt.Close()
	}
	s.stmt, s.query = nil, ""
}

// salvage makes the database fresh of what can be read of the files in aside.
func salvage(ctx context.Context, aside, work, fresh string, patience int) ([]TableReport, error) {
	old := filepath.Join(work, "old.db")
	for _, suffix := range []string{"", "-wal"} {
		_, err := copyFile(ctx, filepath.Join(aside, fileName+suffix), old+suffix)
		if err != nil && !(suffix != "" && errors.Is(err, os.ErrNotExist)) {
			return nil, err
		}
	}
	if err := lengthen(old); err != nil {
		return nil, err
	}
	version, err := oldVersion(ctx, old)
	if errors.Is(err, ErrNewer) {
		return nil, err
	}
	if code(err) != 0 { // not even its beginning can be read
		if err := mendHeader(old); err != nil {
			return nil, err
		}
		if version, err = oldVersion(ctx, old); errors.Is(err, ErrNewer) {
			return nil, err
		}
	}
	if err != nil {
		version = 0
	}
	if _, err := secureFile(fresh); err != nil {
		return nil, err
	}
	db, err := openWritable(fresh)
	if err != nil {
		return nil, err
	}
	tables, err := fill(ctx, db, old, version, patience)
	return tables, errors.Join(err, db.Close())
}

// oldVersion returns the newest migration of the damaged database, 0 when that cannot be known.
func oldVersion(ctx context.Context, old string) (version int64, err error) {
	db, err := sql.Open("sqlite", dsn(old, "mode=rw", "busy_timeout(5000)", tolerant))
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := refuseNewer(ctx, db); err != nil {
		return 0, err
	}
	applied, err := appliedVersions(ctx, db)
	for _, v := range applied {
		version = max(version, v)
	}
	return version, err
}

// fill makes the schema as it was, moves the rows, and brings the result up to date.
func fill(ctx context.Context, db *sql.DB, old string, version int64, patience int) ([]TableReport, error) {
	if err := upTo(ctx, db, version); err != nil {
		return nil, err
	}
	tables, err := move(ctx, db, old, patience)
	if err != nil {
		return nil, err
	}
	kept := int64(0)
	for _, t := range tables {
		kept += t.Kept
	}
	if kept == 0 {
		return nil, errNothing
	}
	if err := upTo(ctx, db, 0); err != nil {
		return nil, err
	}
	if err := verdict(ctx, db, `PRAGMA integrity_check(1)`); err != nil {
		return nil, err
	}
	return tables, nil
}

func move(ctx context.Context, db *sql.DB, old string, patience int) (tables []TableReport, err error) {
	c, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	s := &salvager{c: c, ctx: ctx, patience: patience}
	if err := s.exec(`PRAGMA main.synchronous = OFF`); err != nil { // the whole file is synced at the end
		return nil, err
	}
	if err := s.exec(`PRAGMA writable_schema = ON`); err != nil { // as tolerant says
		return nil, err
	}
	if err := s.exec(`ATTACH ? AS old`, old); err != nil {
		return nil, errNothing
	}
	names, err := s.names(`SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
		AND name <> 'goose_db_version' ORDER BY name`)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		t, err := s.table(name)
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	if err := s.sequences(tables); err != nil {
		return nil, err
	}
	return tables, errors.Join(s.exec(`DETACH old`), s.exec(`PRAGMA writable_schema = OFF`))
}

func (s *salvager) exec(query string, args ...any) error {
	_, err := s.c.ExecContext(s.ctx, query, args...)
	return err
}

func (s *salvager) names(query string, args ...any) ([]string, error) {
	rows, err := s.c.QueryContext(s.ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		all = append(all, name)
	}
	return all, rows.Err()
}

// table moves what can be read of one table. When that is nothing, the rows that the schema itself
// begins with stay. Every statement is its own transaction: once one has met a damaged page, the
// engine fails whatever else its transaction does.
func (s *salvager) table(name string) (t TableReport, err error) {
	t.Name = name
	columns, err := s.names(`SELECT a.name FROM pragma_table_xinfo(?1, 'main') a JOIN pragma_table_xinfo(?1, 'old') b
		ON a.name = b.name WHERE a.hidden = 0 AND b.hidden = 0`, name)
	if err != nil || len(columns) == 0 {
		t.Incomplete = true
		return t, s.ctx.Err()
	}
	for i, c := range columns {
		columns[i] = identifier(c)
	}
	list := strings.Join(columns, ", ")
	insert := `INSERT OR IGNORE INTO main.` + identifier(name) + ` (` + list + `) SELECT ` + list + ` FROM old.` + identifier(name)
	if err := s.exec(`CREATE TEMP TABLE seed AS SELECT * FROM main.` + identifier(name)); err != nil {
		return t, err
	}
	if err := s.exec(`DELETE FROM main.` + identifier(name)); err != nil {
		return t, err
	}
	s.rows = 0
	t.Incomplete, err = s.copyRows(name, insert)
	s.close()
	if err != nil {
		return t, err
	}
	if t.Kept = s.rows; t.Kept == 0 && t.Incomplete {
		if err := s.exec(`INSERT INTO main.` + identifier(name) + ` SELECT * FROM temp.seed`); err != nil {
			return t, err
		}
	}
	return t, s.exec(`DROP TABLE temp.seed`)
}

func (s *salvager) copyRows(name, insert string) (incomplete bool, err error) {
	if _, err := s.c.ExecContext(s.ctx, `SELECT rowid FROM main.`+identifier(name)+` LIMIT 0`); err != nil {
		return s.byKey(name, insert)
	}
	// Whole if it can be, else in parts around what cannot be read. Row ids below zero do not occur.
	if ok, err := s.part(insert + ` NOT INDEXED`); ok || err != nil {
		return false, err
	}
	r := ranges{s: s, insert: insert + ` NOT INDEXED WHERE rowid BETWEEN ? AND ?`}
	if err := r.take(0, math.MaxInt64); err != nil {
		return true, err
	}
	if r.failed < s.patience {
		return true, nil
	}
	r.failed, r.down = 0, true
	return true, r.take(r.reached+1, math.MaxInt64)
}

// part runs one insert. ok is false when its rows could not all be read: then none were taken.
func (s *salvager) part(insert string, args ...any) (ok bool, err error) {
	if s.query != insert {
		s.close()
		if s.stmt, err = s.c.PrepareContext(s.ctx, insert); err != nil {
			s.stmt = nil
			return false, fatal(s.ctx, err)
		}
		s.query = insert
	}
	res, err := s.stmt.ExecContext(s.ctx, args...)
	if err != nil {
		return false, fatal(s.ctx, err)
	}
	n, err := res.RowsAffected()
	s.rows += n
	return true, err
}

// ranges takes the rows of a table by ranges of their ids, from below or from above.
type ranges struct {
	s       *salvager
	insert  string
	down    bool
	failed  int   // rows in a row that could not be read
	reached int64 // going up: the highest id that was tried
}

// take halves a range until what is left can be read, or is a single row. It gives up after
// so many rows as the salvager has patience for.
func (r *ranges) take(from, to int64) error {
	if r.failed >= r.s.patience || from < 0 || from > to {
		return nil
	}
	ok, err := r.s.part(r.insert, from, to)
	if err != nil {
		return err
	}
	if ok || from == to {
		if r.failed++; ok {
			r.failed = 0
		}
		r.reached = max(r.reached, to)
		return nil
	}
	middle := from + (to-from)/2
	low, high := [2]int64{from, middle}, [2]int64{middle + 1, to}
	if r.down {
		low, high = high, low
	}
	if err := r.take(low[0], low[1]); err != nil {
		return err
	}
	return r.take(high[0], high[1])
}

// byKey takes the rows of a table that has no row ids: from both ends up to what cannot be read.
func (s *salvager) byKey(name, insert string) (incomplete bool, err error) {
	if ok, err := s.part(insert); ok || err != nil {
		return false, err
	}
	key, err := s.names(`SELECT name FROM pragma_table_xinfo(?, 'main') WHERE pk > 0 ORDER BY pk`, name)
	if err != nil {
		return true, err
	}
	for _, direction := range []string{"", " DESC"} {
		order := make([]string, len(key))
		for i, k := range key {
			order[i] = identifier(k) + direction
		}
		query := insert + ` ORDER BY ` + strings.Join(order, ", ") + ` LIMIT ? OFFSET ?`
		for offset, step := 0, 64; step > 0; {
			before := s.rows
			ok, err := s.part(query, step, offset)
			switch {
			case err != nil:
				return true, err
			case !ok:
				step /= 2
				continue
			case s.rows == before: // met what the other end gave
				step = 0
			}
			offset += step
		}
	}
	return true, nil
}

// sequences keeps ids from being given twice, also those of rows that are lost.
func (s *salvager) sequences(tables []TableReport) error {
	for _, t := range tables {
		var auto bool
		err := s.c.QueryRowContext(s.ctx, `SELECT sql LIKE '%AUTOINCREMENT%' FROM main.sqlite_schema WHERE name = ?`, t.Name).Scan(&auto)
		if err != nil {
			return err
		}
		if !auto {
			continue
		}
		var seq int64
		err = s.c.QueryRowContext(s.ctx, `SELECT seq FROM old.sqlite_sequence WHERE name = ?`, t.Name).Scan(&seq)
		known := err == nil
		var highest int64
		if err := s.c.QueryRowContext(s.ctx, `SELECT coalesce(max(rowid), 0) FROM main.`+identifier(t.Name)).Scan(&highest); err != nil {
			return err
		}
		if seq = max(seq, highest); !known && t.Incomplete {
			seq += idMargin
		}
		if err := errors.Join(s.exec(`DELETE FROM main.sqlite_sequence WHERE name = ?`, t.Name),
			s.exec(`INSERT INTO main.sqlite_sequence (name, seq) VALUES (?, ?)`, t.Name, seq)); err != nil {
			return err
		}
	}
	return nil
}

func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// fatal tells an end of the work from a place that cannot be read (nil): what is read may be any
// garbage, so whatever is not about the new database is the old one's fault.
func fatal(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch code(err) {
	case lib.SQLITE_FULL, lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_PERM:
		return translate(err)
	}
	return nil
}

// lengthen gives a file that lost everything one empty page: with less the engine throws its log away
// instead of applying it.
func lengthen(path string) error {
	st, err := os.Stat(path)
	if err != nil || st.Size() >= block {
		return err
	}
	if err := os.Truncate(path, block); err != nil {
		return err
	}
	return mendHeader(path)
}

// mendHeader writes the fixed part of the first bytes anew: all our databases have the same.
func mendHeader(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	// Name, page size 4096, WAL, no reserved bytes, payload fractions (sqlite.org/fileformat2.html 1.3).
	_, err = f.WriteAt([]byte("SQLite format 3\x00\x10\x00\x02\x02\x00\x40\x20\x20"), 0)
	return errors.Join(err, f.Close())
}
