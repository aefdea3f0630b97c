package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrate brings the schema up to date; an existing database is copied first.
func migrate(ctx context.Context, db *sql.DB, o Options, existed bool) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	pending, err := p.HasPending(ctx)
	if err != nil {
		return translate(err)
	}
	version, err := checkVersion(ctx, db, p)
	if err != nil || !pending {
		return err
	}
	if existed && version > 0 {
		if err := backup(ctx, db, o.Dir, version); err != nil {
			return fmt.Errorf("the database has to be changed for this version of the program, but no copy "+
				"could be made before: %w", err)
		}
	}
	results, err := p.Up(ctx)
	if err != nil {
		return fmt.Errorf("the database could not be brought up to date: %w", err)
	}
	for _, r := range results {
		o.Log.Info("schema changed", "migration", r.Source.Path, "took", r.Duration)
	}
	return nil
}

func provider(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectSQLite3, db, files,
		goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
}

// checkVersion returns the newest applied migration; it refuses a database that has one which this
// program does not know.
func checkVersion(ctx context.Context, db *sql.DB, p *goose.Provider) (int64, error) {
	version, err := p.GetDBVersion(ctx)
	if err != nil {
		return 0, translate(err)
	}
	known := map[int64]bool{0: true}
	for _, s := range p.ListSources() {
		known[s.Version] = true
	}
	rows, err := db.QueryContext(ctx, `SELECT version_id FROM `+goose.DefaultTablename+` WHERE is_applied`)
	if err != nil {
		return 0, translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		var v int64
		if err := rows.Scan(&v); err != nil {
			return 0, err
		}
		if !known[v] {
			return 0, &OpenError{Reason: ErrNewer, Cause: fmt.Errorf("unknown migration %d", v), Text: fmt.Sprintf(
				"The database was made by a newer version of this program (its schema has step %d, this program "+
					"knows %d). Start the newer version, or put back a copy from the folder “%s” of the data folder.",
				v, p.ListSources()[len(p.ListSources())-1].Version, backupDir)}
		}
	}
	return version, errors.Join(rows.Err())
}
