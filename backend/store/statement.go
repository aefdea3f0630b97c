package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// maxStatements bounds how many idle prepared statements one connection keeps.
const maxStatements = 400

// conn is one database connection with its prepared statements. It belongs to one goroutine at a
// time. Its three methods have the shape of database/sql's.
type conn struct {
	c     *sql.Conn
	idle  map[string][]*sql.Stmt // a statement in use by open rows is not in here
	kept  int
	open  map[*rows]struct{} // rows that were not closed yet
	fatal error              // set when the engine gave up the whole transaction: nothing may follow
}

func newConn(c *sql.Conn) *conn {
	return &conn{c: c, idle: make(map[string][]*sql.Stmt), open: make(map[*rows]struct{})}
}

// exec runs a statement that returns no rows.
func (tx *Tx) exec(query string, args ...any) (sql.Result, error) {
	return tx.tx.ExecContext(tx.ctx, query, args...)
}

// query runs a statement that returns rows; the caller closes them.
func (tx *Tx) query(query string, args ...any) (*rows, error) {
	return tx.tx.QueryContext(tx.ctx, query, args...)
}

// row runs a statement that returns at most one row; its Scan gives sql.ErrNoRows for none.
func (tx *Tx) row(query string, args ...any) *row {
	return tx.tx.QueryRowContext(tx.ctx, query, args...)
}

func (c *conn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	st, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	res, err := st.ExecContext(ctx, args...)
	c.give(query, st)
	return res, c.judge(err)
}

func (c *conn) QueryContext(ctx context.Context, query string, args ...any) (*rows, error) {
	st, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	r, err := st.QueryContext(ctx, args...)
	if err != nil {
		c.give(query, st)
		return nil, c.judge(err)
	}
	out := &rows{Rows: r, c: c, st: st, key: query}
	c.open[out] = struct{}{}
	return out, nil
}

func (c *conn) QueryRowContext(ctx context.Context, query string, args ...any) *row {
	r, err := c.QueryContext(ctx, query, args...)
	return &row{rows: r, err: err}
}

// take checks a prepared statement out; a query that is already running gets a second one, so that
// nested use of the same text is safe.
func (c *conn) take(ctx context.Context, query string) (*sql.Stmt, error) {
	if c.fatal != nil {
		return nil, c.fatal
	}
	if list := c.idle[query]; len(list) > 0 {
		st := list[len(list)-1]
		c.idle[query] = list[:len(list)-1]
		c.kept--
		return st, nil
	}
	st, err := c.c.PrepareContext(ctx, query)
	return st, c.judge(err)
}

func (c *conn) give(query string, st *sql.Stmt) {
	if c.kept >= maxStatements {
		c.forget()
	}
	c.idle[query] = append(c.idle[query], st)
	c.kept++
}

// forget closes all idle statements.
func (c *conn) forget() {
	for _, list := range c.idle {
		for _, st := range list {
			st.Close()
		}
	}
	clear(c.idle)
	c.kept = 0
}

// judge notes an error after which the engine may have rolled back the whole transaction by itself:
// whatever followed would run outside of any.
func (c *conn) judge(err error) error {
	err = translate(err)
	if err != nil && endsTransaction(err) {
		c.fatal = err
	}
	return err
}

// settle closes rows that were left open, at the end of a transaction.
func (c *conn) settle() {
	for r := range c.open {
		r.Close()
	}
}

func (c *conn) close() error {
	c.settle()
	c.forget()
	return c.c.Close()
}

// discard closes a connection of which the state is unknown: close would give it back to the pool.
func (c *conn) discard() {
	c.settle()
	c.forget()
	_ = c.c.Raw(func(any) error { return driver.ErrBadConn })
	_ = c.c.Close()
}

// rows are the rows of a query; as sql.Rows, but Close gives the statement back.
type rows struct {
	*sql.Rows
	c   *conn
	st  *sql.Stmt
	key string
}

func (r *rows) Close() error {
	err := r.Rows.Close()
	if r.st != nil {
		delete(r.c.open, r)
		r.c.give(r.key, r.st)
		r.st = nil
	}
	return err
}

func (r *rows) Err() error { return r.c.judge(r.Rows.Err()) }

func (r *rows) Scan(dest ...any) error { return translate(r.Rows.Scan(dest...)) }

// row is the result of tx.row.
type row struct {
	rows *rows
	err  error
}

// Scan copies the columns; sql.ErrNoRows when there was no row.
func (r *row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.rows.Close()
}
