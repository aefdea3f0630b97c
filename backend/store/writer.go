package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/event"
)

const (
	queueLength = 1024                   // writes that may wait before Write itself blocks
	batchLength = 512                    // writes in one commit
	batchTime   = 50 * time.Millisecond  // after which a batch is committed with what it has
	flushAfter  = 500 * time.Millisecond // how long a Fast write may stay in the system's cache only
)

// writer is the one goroutine that changes the database.
type writer struct {
	db       *sql.DB
	c        *conn
	log      *slog.Logger
	appended func([]event.Event)

	gate   sync.RWMutex // held shared while a job is put into the queue
	closed bool
	jobs   chan *job
	done   chan struct{}

	// The rest belongs to the writer goroutine.
	reserve  *reserve
	rest     []*job        // gathered, but left for the next batch
	full     bool          // PRAGMA synchronous is FULL now, not NORMAL
	unsynced time.Time     // when the oldest commit happened that was not followed by an fsync; zero: none
	lastTime int64         // time of the newest event, ns since 1970 (event.go)
	fresh    []event.Event // of the batch that runs (event.go)
}

type job struct {
	ctx   context.Context
	d     Durability
	fn    func(*Tx) error
	state atomic.Int32 // jobQueued → jobTaken by the writer, or → jobLeft by the waiter
	done  chan error
}

const (
	jobQueued int32 = iota
	jobTaken
	jobLeft
)

func newWriter(db *sql.DB, c *conn, o Options) *writer {
	return &writer{
		db: db, c: c, log: o.Log, appended: o.Appended, full: true,
		jobs: make(chan *job, queueLength), done: make(chan struct{}), reserve: newReserve(o.Dir),
	}
}

func (w *writer) write(ctx context.Context, d Durability, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: ctx, d: d, fn: fn, done: make(chan error, 1)}
	if err := w.enqueue(j); err != nil {
		return err
	}
	select {
	case err := <-j.done:
		return err
	case <-ctx.Done():
		if j.state.CompareAndSwap(jobQueued, jobLeft) {
			return ctx.Err()
		}
		return <-j.done
	}
}

func (w *writer) enqueue(j *job) error {
	w.gate.RLock()
	defer w.gate.RUnlock()
	if w.closed {
		return ErrClosed
	}
	select {
	case w.jobs <- j:
		return nil
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

// run commits batch after batch until the queue is closed and empty.
func (w *writer) run() {
	ended := false
	var batch []*job
	defer func() {
		if ended {
			close(w.done)
			return
		}
		// A function ended the goroutine (runtime.Goexit, as t.FailNow does): nobody may hang for it.
		w.rollback()
		release(batch, fmt.Errorf("store: a write ended its goroutine"))
		go w.run()
	}()
	for {
		if batch = w.gather(); batch == nil {
			break
		}
		w.commit(batch)
	}
	ended = true
}

// gather waits for work and returns what is there, nil when there will be no more. When Fast writes
// have stayed unsynced for long enough it adds a durable write of its own.
func (w *writer) gather() []*job {
	batch := w.rest
	w.rest = nil
	if len(batch) == 0 {
		j, ok := w.next()
		if !ok {
			return nil
		}
		batch = append(batch, j)
	}
	batch, open := w.more(batch)
	if open && len(batch) < batchLength {
		// Whoever is about to write gets the processor first: one commit for all costs less than one each.
		runtime.Gosched()
		batch, open = w.more(batch)
	}
	if !open {
		return batch
	}
	if !w.unsynced.IsZero() && time.Since(w.unsynced) > flushAfter {
		batch = append(batch, beat())
	}
	return batch
}

// more adds what waits in the queue; open is false when the queue was closed.
func (w *writer) more(batch []*job) (_ []*job, open bool) {
	for len(batch) < batchLength {
		select {
		case j, ok := <-w.jobs:
			if !ok {
				return batch, false
			}
			batch = append(batch, j)
			continue
		default:
		}
		break
	}
	return batch, true
}

// next waits for one job, or for the time to flush.
func (w *writer) next() (*job, bool) {
	if w.unsynced.IsZero() {
		j, ok := <-w.jobs
		return j, ok
	}
	t := time.NewTimer(flushAfter - time.Since(w.unsynced))
	defer t.Stop()
	select {
	case j, ok := <-w.jobs:
		return j, ok
	case <-t.C:
		return beat(), true
	}
}

// beat is a durable write that changes nothing anybody reads: its commit forces the log to disk, and
// with it every earlier commit.
func beat() *job {
	return &job{ctx: context.Background(), d: Durable, done: make(chan error, 1), fn: func(tx *Tx) error {
		_, err := tx.exec(`UPDATE beat SET n = n + 1`)
		return err
	}}
}

// commit runs a batch in one transaction and releases everybody who waits for it.
func (w *writer) commit(batch []*job) {
	ran, err := w.transact(batch)
	if errors.Is(err, ErrNoSpace) {
		again, others := urgent(ran)
		release(others, err)
		if ran = again; len(again) > 0 {
			rest := w.rest
			w.rest = nil
			ran, err = w.onReserve(again)
			w.rest = append(w.rest, rest...)
		}
	}
	release(ran, err)
	if err == nil {
		w.reserve.refill()
	}
}

// release tells every job of the batch that has no result of its own yet.
func release(batch []*job, err error) {
	for _, j := range batch {
		select {
		case j.done <- err:
		default:
		}
	}
}

// transact runs the batch up to and including COMMIT. It returns the jobs that were part of it and
// the error that all of them share.
func (w *writer) transact(batch []*job) ([]*job, error) {
	durable := false
	for _, j := range batch {
		durable = durable || j.d == Durable
	}
	if err := w.begin(durable); err != nil {
		return batch, err
	}
	kept := 0
	w.fresh = w.fresh[:0]
	start := time.Now()
	for i, j := range batch {
		if i > 0 && time.Since(start) > batchTime {
			w.rest = batch[i:]
			batch = batch[:i]
			break
		}
		ok, err := w.part(j)
		if err != nil {
			w.rollback()
			return batch, err
		}
		if ok {
			kept++
		}
	}
	if kept == 0 {
		w.rollback()
		return batch, nil
	}
	if err := w.end(); err != nil {
		return batch, err
	}
	if len(w.fresh) > 0 && w.appended != nil {
		w.appended(w.fresh)
	}
	return batch, nil
}

// part runs one job in its savepoint. kept is whether its changes stay; a failed job has been told.
// An error means that the whole transaction is lost.
func (w *writer) part(j *job) (kept bool, err error) {
	if !j.state.CompareAndSwap(jobQueued, jobTaken) {
		return false, nil
	}
	if err := j.ctx.Err(); err != nil {
		j.done <- err
		return false, nil
	}
	bg := context.Background()
	if _, err := w.c.ExecContext(bg, `SAVEPOINT part`); err != nil {
		return false, err
	}
	before := len(w.fresh)
	// Without the waiter's cancellation: an interrupted statement would take the whole batch along.
	failed := w.call(j.fn, &Tx{tx: w.c, ctx: context.WithoutCancel(j.ctx), w: w})
	w.c.settle()
	if w.c.fatal != nil {
		return false, w.c.fatal
	}
	if failed != nil {
		w.fresh = w.fresh[:before]
		if _, err := w.c.ExecContext(bg, `ROLLBACK TO part`); err != nil {
			return false, err
		}
	}
	if _, err := w.c.ExecContext(bg, `RELEASE part`); err != nil {
		return false, err
	}
	if failed != nil {
		j.done <- failed
	}
	return failed == nil, nil
}

func (w *writer) call(fn func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.log.Error("a write panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("store: a write panicked: %v", p)
		}
	}()
	return fn(tx)
}

func (w *writer) begin(durable bool) error {
	w.c.fatal = nil
	if durable != w.full {
		// Not through the statement cache: this pragma acts when it is prepared.
		mode := `PRAGMA synchronous = NORMAL`
		if durable {
			mode = `PRAGMA synchronous = FULL`
		}
		if _, err := w.c.c.ExecContext(context.Background(), mode); err != nil {
			return translate(err)
		}
		w.full = durable
	}
	_, err := w.c.ExecContext(context.Background(), `BEGIN IMMEDIATE`)
	return err
}

func (w *writer) end() error {
	if _, err := w.c.ExecContext(context.Background(), `COMMIT`); err != nil {
		w.rollback()
		return err
	}
	switch {
	case w.full:
		w.unsynced = time.Time{}
	case w.unsynced.IsZero():
		w.unsynced = time.Now()
	}
	return nil
}

func (w *writer) rollback() {
	w.c.settle()
	w.c.fatal = nil
	// Fails when the engine has rolled back by itself: that is what is wanted.
	_, _ = w.c.ExecContext(context.Background(), `ROLLBACK`)
	w.c.fatal = nil
}

// close refuses new jobs and waits until the queued ones are committed.
func (w *writer) close() error {
	w.gate.Lock()
	if w.closed {
		w.gate.Unlock()
		<-w.done
		return errAlreadyClosed
	}
	w.closed = true
	close(w.jobs)
	w.gate.Unlock()
	<-w.done
	if w.full {
		return nil
	}
	_, err := w.c.c.ExecContext(context.Background(), `PRAGMA synchronous = FULL`)
	return translate(err)
}

// disconnect closes the connection; being the last one it moves the log into the database file.
func (w *writer) disconnect() error {
	err := w.c.close()
	return joinFirst(err, w.db.Close())
}
