package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"portico/backend/event"
)

const (
	batchLength = 512                    // writes in one commit
	batchTime   = 50 * time.Millisecond  // after which a batch is committed with what it has
	flushAfter  = 500 * time.Millisecond // how long a Fast write may stay in the system's cache only
)

// writer lets one goroutine at a time change the database: whoever comes while nobody does leads a
// batch, its own write and those that wait, and hands over to the first that came meanwhile. So a write
// that is alone changes no goroutine, and many share one commit.
type writer struct {
	db       *sql.DB
	c        *conn
	log      *slog.Logger
	appended func([]event.Event)

	mu     sync.Mutex
	queue  []*job // who waits
	busy   bool   // somebody leads
	closed bool
	done   chan struct{} // closed when nobody leads any more

	// The rest belongs to whoever leads.
	reserve  *reserve
	batch    []*job        // that runs
	full     bool          // PRAGMA synchronous is FULL now, not NORMAL
	unsynced bool          // a commit happened that was not followed by an fsync
	flush    *time.Timer   // runs while unsynced
	lastTime int64         // time of the newest event, ns since 1970 (event.go)
	fresh    []event.Event // of the batch that runs (event.go)

	folders map[folder]int64 // nodes of folders (node.go)
}

type job struct {
	ctx  context.Context
	d    Durability
	fn   func(*Tx) error
	done chan error // its result, or errTurn
}

// errTurn tells a job that waits to lead.
var errTurn = errors.New("store: lead")

func newWriter(db *sql.DB, c *conn, o Options) *writer {
	w := &writer{
		db: db, c: c, log: o.Log, appended: o.Appended, full: true,
		done: make(chan struct{}), reserve: newReserve(o.Dir), folders: make(map[folder]int64),
	}
	w.flush = time.AfterFunc(flushAfter, w.beat)
	w.flush.Stop()
	return w
}

func (w *writer) write(ctx context.Context, d Durability, fn func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: ctx, d: d, fn: fn, done: make(chan error, 1)}
	leads, err := w.enter(j)
	if err == nil && !leads {
		err = w.wait(j)
		leads = err == errTurn
	}
	if !leads {
		return err
	}
	w.lead(j)
	return <-j.done
}

// enter makes a job the leader where there is none, and lets it wait otherwise.
func (w *writer) enter(j *job) (leads bool, err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.closed:
		return false, ErrClosed
	case w.busy:
		w.queue = append(w.queue, j)
		return false, nil
	}
	w.busy = true
	return true, nil
}

// wait returns what became of a job. Until it is part of a batch it can be given up.
func (w *writer) wait(j *job) error {
	select {
	case err := <-j.done:
		return err
	case <-j.ctx.Done():
	}
	w.mu.Lock()
	i := slices.Index(w.queue, j)
	if i >= 0 {
		w.queue = slices.Delete(w.queue, i, i+1)
	}
	w.mu.Unlock()
	if i >= 0 {
		return j.ctx.Err()
	}
	return <-j.done
}

// lead commits one batch that begins with a job.
func (w *writer) lead(j *job) {
	ended := false
	w.batch = append(w.batch[:0], j)
	defer func() {
		if !ended {
			// A function ended the goroutine (runtime.Goexit, as t.FailNow does): nobody may hang for it.
			w.rollback()
			release(w.batch, errors.New("store: a write ended its goroutine"))
		}
		clear(w.batch)
		w.handOver()
	}()
	w.gather()
	if len(w.batch) < batchLength {
		// Whoever is about to write gets the processor first: one commit for all costs less than one each.
		runtime.Gosched()
		w.gather()
	}
	w.commit(w.batch)
	ended = true
}

// gather adds those who wait to the batch.
func (w *writer) gather() {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.queue), batchLength-len(w.batch))
	w.batch = append(w.batch, w.queue[:n]...)
	w.queue = slices.Delete(w.queue, 0, n)
}

// later puts the rest of a batch back.
func (w *writer) later(rest []*job) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = slices.Insert(w.queue, 0, rest...)
}

// handOver lets the first who waits lead.
func (w *writer) handOver() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) > 0 {
		next := w.queue[0]
		w.queue = slices.Delete(w.queue, 0, 1)
		next.done <- errTurn
		return
	}
	if w.busy = false; w.closed {
		close(w.done)
	}
}

// beat is a durable write that changes nothing anybody reads: its commit forces the log to disk, and
// with it every earlier commit.
func (w *writer) beat() {
	err := w.write(context.Background(), Durable, func(tx *Tx) error {
		_, err := tx.exec(`UPDATE beat SET n = n + 1`)
		return err
	})
	if err != nil && !errors.Is(err, ErrClosed) {
		w.flush.Reset(flushAfter)
	}
}

// commit runs a batch in one transaction and releases everybody who waits for it.
func (w *writer) commit(batch []*job) {
	ran, err := w.transact(batch)
	if errors.Is(err, ErrNoSpace) {
		again, others := urgent(ran)
		release(others, err)
		if ran = again; len(again) > 0 {
			ran, err = w.onReserve(again)
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
			w.later(batch[i:])
			batch = batch[:i]
			w.batch = batch
			break
		}
		ok, err := w.part(j, len(batch) == 1)
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

// part runs one job, in a savepoint of its own unless it is alone. kept is whether its changes stay; a
// failed job has been told. An error means that the whole transaction is lost.
func (w *writer) part(j *job, alone bool) (kept bool, err error) {
	if err := j.ctx.Err(); err != nil {
		j.done <- err
		return false, nil
	}
	if err := w.savepoint(`SAVEPOINT part`, alone); err != nil {
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
		clear(w.folders)
		if err := w.savepoint(`ROLLBACK TO part`, alone); err != nil {
			return false, err
		}
	}
	if err := w.savepoint(`RELEASE part`, alone); err != nil {
		return false, err
	}
	if failed != nil {
		j.done <- failed
	}
	return failed == nil, nil
}

// savepoint does nothing for a job that is alone: the transaction is its own.
func (w *writer) savepoint(statement string, alone bool) error {
	if alone {
		return nil
	}
	_, err := w.c.ExecContext(context.Background(), statement)
	return err
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
		w.unsynced = false
		w.flush.Stop()
	case !w.unsynced:
		w.unsynced = true
		w.flush.Reset(flushAfter)
	}
	return nil
}

func (w *writer) rollback() {
	w.c.settle()
	w.c.fatal = nil
	clear(w.folders)
	// Fails when the engine has rolled back by itself: that is what is wanted.
	_, _ = w.c.ExecContext(context.Background(), `ROLLBACK`)
	w.c.fatal = nil
}

// close refuses new jobs and waits until the queued ones are committed.
func (w *writer) close() error {
	w.mu.Lock()
	again := w.closed
	if w.closed = true; !w.busy && !again {
		close(w.done)
	}
	w.mu.Unlock()
	<-w.done
	if again {
		return errAlreadyClosed
	}
	w.flush.Stop()
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
