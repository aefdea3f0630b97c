package store

import (
	"context"
	"database/sql"
	"embed"
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
	if err != nil || !pending {
		return translate(err)
	}
	version, err := p.GetDBVersion(ctx)
	if err != nil {
		return translate(err)
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

// knownVersions returns the migrations that this program has.
func knownVersions() (map[int64]bool, error) {
	files, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	known := make(map[int64]bool, len(files))
	for _, name := range files {
		v, err := goose.NumericComponent(name)
		if err != nil {
			return nil, err
		}
		known[v] = true
	}
	return known, nil
}
