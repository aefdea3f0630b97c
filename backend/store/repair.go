package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Report is what Repair found and did.
type Report struct {
	Sound  bool   // nothing was wrong; nothing was changed
	Cause  string // what was wrong
	Aside  string // folder in which the damaged files lie now
	Backup string // the copy that was put back because nothing could be read; "" when it could
	Tables []TableReport
}

// TableReport is what became of one table.
type TableReport struct {
	Name       string
	Kept       int64 // rows recovered
	Incomplete bool  // some places of it could not be read: rows may be missing
}

// String tells a person.
func (r Report) String() string {
	if r.Sound {
		return "The database is sound; nothing was changed."
	}
	var b strings.Builder
	fmt.Fprintf(&b, "The database was damaged: %s.\nThe damaged files are kept in %s.\n", r.Cause, r.Aside)
	if r.Backup != "" {
		fmt.Fprintf(&b, "Nothing in it could be read, so the copy %s was put back: what came after it is missing.\n", r.Backup)
		return b.String()
	}
	complete := true
	for _, t := range r.Tables {
		note := ""
		if t.Incomplete {
			note, complete = ", parts of it could not be read", false
		}
		fmt.Fprintf(&b, "  %s: %d kept%s\n", t.Name, t.Kept, note)
	}
	if complete {
		b.WriteString("Everything could be recovered.\n")
	}
	return b.String()
}

// Repair mends the database in dir, which no instance may be using (ErrLocked). A sound one is left
// alone. Of a damaged one the files are copied aside first; then everything that can be read moves
// into a new database that takes its place. When nothing can be read, the newest copy from before an
// update takes its place; without one nothing is changed and an error says so.
func Repair(ctx context.Context, dir string) (Report, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Report{}, err
	}
	path := filepath.Join(dir, fileName)
	if _, err := os.Stat(path); err != nil {
		return Report{}, err
	}
	lock, err := acquireLock(dir)
	if err != nil {
		return Report{}, err
	}
	report, err := repair(ctx, dir, path, rowPatience)
	return report, errors.Join(err, lock.release())
}

func repair(ctx context.Context, dir, path string, patience int) (Report, error) {
	cause := examine(ctx, path)
	if cause == nil {
		return Report{Sound: true}, nil
	}
	if !errors.Is(cause, ErrDamaged) {
		return Report{}, cause
	}
	report := Report{Cause: causeText(cause), Aside: filepath.Join(dir, "damaged-"+time.Now().UTC().Format("20060102T150405.000"))}
	unreadable, err := copyAside(ctx, path, report.Aside)
	if err != nil {
		return Report{}, err
	}
	if unreadable > 0 {
		report.Cause += fmt.Sprintf("; %d blocks of it cannot be read from the disk, which may be failing", unreadable)
	}
	work, err := os.MkdirTemp(dir, ".repair-")
	if err != nil {
		return Report{}, err
	}
	defer os.RemoveAll(work)
	fresh := filepath.Join(work, "fresh.db")
	report.Tables, err = salvage(ctx, report.Aside, work, fresh, patience)
	if errors.Is(err, errNothing) {
		report.Tables = nil
		report.Backup, err = fromBackup(ctx, dir, fresh)
	}
	if err != nil {
		return Report{}, errors.Join(err, os.RemoveAll(report.Aside)) // the database itself is as it was
	}
	return report, replace(fresh, path)
}

// examine reads everything, indexes too. It also finds a log without its database.
func examine(ctx context.Context, path string) error {
	if _, err := secureFile(path); err != nil {
		return err
	}
	if err := check(ctx, path, true); err != nil {
		return err
	}
	db, err := openReadOnly(path)
	if err != nil {
		return err
	}
	defer db.Close()
	return verdict(ctx, db, `PRAGMA integrity_check(1)`)
}

// causeText is what the engine said, without the words for a person around it.
func causeText(err error) string {
	var open *OpenError
	if errors.As(err, &open) && open.Cause != nil {
		err = open.Cause
	}
	return strings.TrimPrefix(err.Error(), ErrDamaged.Error()+": ")
}

// copyAside copies the database and its log, durably.
func copyAside(ctx context.Context, path, aside string) (unreadable int, err error) {
	if err := os.Mkdir(aside, 0o700); err != nil {
		return 0, err
	}
	for _, suffix := range []string{"", "-wal"} {
		n, err := copyFile(ctx, path+suffix, filepath.Join(aside, fileName+suffix))
		if err != nil && !(suffix != "" && errors.Is(err, fs.ErrNotExist)) {
			return unreadable, err
		}
		unreadable += n
	}
	return unreadable, errors.Join(syncDir(aside), syncDir(filepath.Dir(aside)))
}

// fromBackup makes the new database of the newest copy that is sound.
func fromBackup(ctx context.Context, dir, fresh string) (string, error) {
	all, err := backups(dir)
	if err != nil {
		return "", err
	}
	for i := len(all) - 1; i >= 0; i-- {
		if check(ctx, all[i], true) != nil {
			continue
		}
		if err := removeDatabase(fresh); err != nil {
			return "", err
		}
		if _, err := copyFile(ctx, all[i], fresh); err != nil {
			return "", err
		}
		return all[i], upgrade(ctx, fresh)
	}
	return "", &OpenError{Reason: ErrDamaged, Text: "Nothing in the database can be read, and there is no copy from before an " +
		"update. Put back a copy of your own; to begin anew, move " + fileName + " out of " + dir + "."}
}

// upgrade brings a database that nobody uses to the present schema and into one file.
func upgrade(ctx context.Context, path string) error {
	db, err := openWritable(path)
	if err != nil {
		return err
	}
	return errors.Join(upTo(ctx, db, 0), db.Close())
}

// upTo applies migrations up to a version, 0: all.
func upTo(ctx context.Context, db *sql.DB, version int64) error {
	p, err := provider(db)
	if err != nil {
		return err
	}
	if version == 0 {
		_, err = p.Up(ctx)
	} else {
		_, err = p.UpTo(ctx, version)
	}
	return err
}

// replace puts the new database into the place of the damaged one, of which copies exist. The old
// log goes first: beside the new file it would be applied to it.
func replace(fresh, path string) error {
	if log, err := os.Stat(fresh + "-wal"); err == nil && log.Size() > 0 {
		return errors.New("the recovered database could not be closed cleanly")
	}
	if err := syncFile(fresh); err != nil {
		return err
	}
	for _, suffix := range []string{"-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func removeDatabase(path string) error {
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(path + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
