package store

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// On a full disk nothing can be written, also not that something was removed: nobody could make room.
// So a file that holds nothing lies beside the database, and goes when a write that makes room needs
// its place.
const (
	reserveName  = "portico.reserve"
	reserveBytes = 2 << 20
	refillAfter  = time.Minute
)

type makesRoom struct{}

// MakesRoom marks the writes that are given this context as such that make room, or note that room was
// made: on a full disk they may use the reserve.
func MakesRoom(ctx context.Context) context.Context { return context.WithValue(ctx, makesRoom{}, true) }

func (j *job) makesRoom() bool { return j.ctx.Value(makesRoom{}) != nil }

// reserve is that file. It belongs to whoever leads the writer.
type reserve struct {
	path  string
	spent bool
	tried time.Time // when it was last made, or not
}

func newReserve(dir string) *reserve {
	r := &reserve{path: filepath.Join(dir, reserveName), spent: true}
	if fi, err := os.Stat(r.path); err == nil && fi.Size() == reserveBytes {
		r.spent = false
	}
	return r
}

// refill makes the file, where it is missing, from time to time. A disk without room for it is told of
// when something has to be written.
func (r *reserve) refill() {
	if !r.spent || time.Since(r.tried) < refillAfter {
		return
	}
	r.tried = time.Now()
	f, err := os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return
	}
	// Not zeros: some disks keep those for nothing.
	_, err = io.CopyN(f, rand.Reader, reserveBytes)
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(r.path) // what is left of it takes the last room
		return
	}
	r.spent = false
}

// release gives the file's room away.
func (r *reserve) release() bool {
	if r.spent {
		return false
	}
	r.spent, r.tried = true, time.Now()
	err := os.Remove(r.path)
	return err == nil || errors.Is(err, fs.ErrNotExist)
}

// urgent are the jobs of a failed batch that make room and have no result yet.
func urgent(batch []*job) (again, others []*job) {
	for _, j := range batch {
		if j.makesRoom() && len(j.done) == 0 {
			again = append(again, j)
		} else {
			others = append(others, j)
		}
	}
	return again, others
}

// onReserve runs once more what makes room and failed on a full disk.
func (w *writer) onReserve(batch []*job) ([]*job, error) {
	w.reserve.release()
	// The log goes into the database, where it mostly takes the place of what was there.
	_, _ = w.c.c.ExecContext(context.Background(), `PRAGMA wal_checkpoint(TRUNCATE)`)
	return w.transact(batch)
}
