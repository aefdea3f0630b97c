package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"path/filepath"

	"github.com/pressly/goose/v3"
)

// check looks at a database without changing anything: a damaged one and one of a newer program are
// refused. Whole, it reads every page once (about 0.3 s for 100 MB that are in memory); otherwise that
// is left out, but for a database that is going to be migrated.
func check(ctx context.Context, path string, whole bool) error {
	db, err := openReadOnly(path)
	if err != nil {
		return err
	}
	defer db.Close()
	if !whole {
		var behind bool
		if behind, err = refuseNewer(ctx, db); err == nil && !behind {
			return nil
		}
		if errors.Is(err, ErrNewer) {
			return err
		}
	}
	if err := verdict(ctx, db, `PRAGMA quick_check(1)`); err != nil {
		if errors.Is(err, ErrDamaged) {
			return damaged(path, err)
		}
		return err
	}
	_, err = refuseNewer(ctx, db)
	return err
}

func openReadOnly(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn(path, "mode=ro", readPragmas...))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// verdict runs one of the engine's checks; what it finds is an ErrDamaged.
func verdict(ctx context.Context, db *sql.DB, query string) error {
	var text string
	if err := db.QueryRowContext(ctx, query).Scan(&text); err != nil {
		return translate(err)
	}
	if text != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, text)
	}
	return nil
}

// refuseNewer refuses a database in which a migration was applied that this program does not know;
// behind: it lacks one that this program has.
func refuseNewer(ctx context.Context, db *sql.DB) (behind bool, err error) {
	applied, err := appliedVersions(ctx, db)
	if err != nil {
		return false, err
	}
	known, err := knownVersions()
	if err != nil {
		return false, err
	}
	newest := int64(0)
	for v := range known {
		newest = max(newest, v)
	}
	missing := maps.Clone(known)
	for _, v := range applied {
		delete(missing, v)
		if !known[v] {
			return false, &OpenError{Reason: ErrNewer, Cause: fmt.Errorf("unknown migration %d", v), Text: fmt.Sprintf(
				"The database was made by a newer version of this program (its schema has step %d, this program "+
					"knows %d). Start the newer version, or put back a copy from the folder “%s” of the data folder.",
				v, newest, backupDir)}
		}
	}
	return len(missing) > 0, nil
}

// appliedVersions returns the migrations that a database has seen, none when it is empty.
func appliedVersions(ctx context.Context, db *sql.DB) ([]int64, error) {
	var tables int
	err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?`,
		goose.DefaultTablename).Scan(&tables)
	if err != nil || tables == 0 {
		return nil, translate(err)
	}
	rows, err := db.QueryContext(ctx, `SELECT version_id FROM `+goose.DefaultTablename+` WHERE is_applied AND version_id > 0`)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var all []int64
	for rows.Next() {
		var v int64
		if err := rows.Scan(&v); err != nil {
			return nil, translate(err)
		}
		all = append(all, v)
	}
	return all, translate(rows.Err())
}

func damaged(path string, cause error) error {
	return &OpenError{Reason: ErrDamaged, Cause: cause, Text: fmt.Sprintf(
		"The database %s is damaged (%v). Run “portico doctor --repair”: it keeps the damaged file aside "+
			"and recovers what can be read. Copies from before updates are in %s.",
		path, cause, filepath.Join(filepath.Dir(path), backupDir))}
}
