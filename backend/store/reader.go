package store

import (
	"context"
	"database/sql"
	"sync"
)

// readConnections is how many read transactions run at the same time; more wait.
const readConnections = 4

// readers is the pool of read-only connections.
type readers struct {
	db   *sql.DB
	free chan *conn // nil: not connected yet

	mu     sync.Mutex
	closed chan struct{}
}

func newReaders(db *sql.DB) *readers {
	db.SetMaxOpenConns(readConnections)
	db.SetMaxIdleConns(readConnections)
	r := &readers{db: db, free: make(chan *conn, readConnections), closed: make(chan struct{})}
	for range readConnections {
		r.free <- nil
	}
	return r
}

func (r *readers) read(ctx context.Context, fn func(*Tx) error) (err error) {
	c, err := r.take(ctx)
	if err != nil {
		return err
	}
	sound := false
	defer func() {
		if !sound { // also on panic: the connection goes, the place stays
			c.discard()
			c = nil
		}
		r.free <- c
	}()
	if _, err := c.ExecContext(ctx, `BEGIN`); err != nil {
		return err
	}
	if err = fn(&Tx{tx: c, ctx: ctx}); err == nil {
		err = c.fatal
	}
	c.settle()
	c.fatal = nil
	_, ended := c.ExecContext(context.WithoutCancel(ctx), `ROLLBACK`)
	sound = ended == nil
	return err
}

func (r *readers) take(ctx context.Context) (*conn, error) {
	select {
	case <-r.closed:
		return nil, ErrClosed
	default:
	}
	var c *conn
	select {
	case c = <-r.free:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-r.closed:
		return nil, ErrClosed
	}
	if c != nil {
		return c, nil
	}
	sc, err := r.db.Conn(ctx)
	if err != nil {
		r.free <- nil
		return nil, translate(err)
	}
	return newConn(sc), nil
}

// close waits for the reads that run.
func (r *readers) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.closed)
	var err error
	for range readConnections {
		if c := <-r.free; c != nil {
			err = joinFirst(err, c.close())
		}
	}
	return joinFirst(err, r.db.Close())
}
