// Package store is the database: the only SQL of the program.
//
// portico.db holds the truth (nodes, grants, accounts, shares, events, pending writes, locks): FULL
// synchronous, WAL, one writer goroutine that groups the commits of everybody who waits. Each noun
// has its own file with typed methods on *Tx; nobody outside sees a query. The dialect of SQL and
// the migrations are hidden here too, so that a second engine can follow.
//
// It knows no file that is served and decides nothing.
package store

import (
	"context"
	"database/sql"
	"log/slog"
)

// Options for Open.
type Options struct {
	Dir string // data folder; portico.db lies here, mode 0600
	Log *slog.Logger
	// Appended is called after a committed batch that appended events, with the newest event id,
	// from the writer goroutine: it must not block. event.Bus.Wake fits.
	Appended func(newest int64)
}

// Durability of one write.
type Durability uint8

const (
	Durable Durability = iota // survives power loss when Write returns
	Fast                      // survives kill -9 when Write returns, power loss within seconds
)

// Tx is one transaction: typed methods per noun, found in the file named after it.
// A Tx is only valid inside the function it was handed to.
type Tx struct {
	tx  *sql.Tx
	ctx context.Context
}
