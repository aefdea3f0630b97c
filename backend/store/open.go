package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

const fileName = "portico.db"

// smallest is the size below which the engine takes a file for an empty one.
const smallest = 512

// Open opens or makes the database in o.Dir, checks it and brings its schema up to date. A database
// that was closed in order is read as a whole only later, in the background.
//
// What stands in the way is an *OpenError: ErrLocked (another instance), ErrDamaged, ErrNewer.
// Nothing of an existing database is changed before it has been checked and copied.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, err
	}
	o.Dir = dir
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	lock, err := acquireLock(dir)
	if err != nil {
		return nil, err
	}
	s, err := openLocked(ctx, o)
	if err != nil {
		return nil, errors.Join(err, lock.release())
	}
	s.lock = lock
	return s, nil
}

func openLocked(ctx context.Context, o Options) (*Store, error) {
	path := filepath.Join(o.Dir, fileName)
	trusted := closedInOrder(path)
	db, err := connect(ctx, path, o, !trusted)
	if err != nil {
		return nil, err
	}
	sc, err := db.Conn(ctx)
	if err != nil {
		db.Close()
		return nil, err
	}
	w := newWriter(db, newConn(sc), o)
	if err := w.loadEvents(ctx); err != nil {
		w.disconnect()
		return nil, err
	}
	readDB, err := sql.Open("sqlite", dsn(path, "mode=ro", readPragmas...))
	if err != nil {
		w.disconnect()
		return nil, err
	}
	w.reserve.refill()
	s := &Store{dir: o.Dir, log: o.Log, writer: w, readers: newReaders(readDB), stopVerify: func() {}}
	if trusted {
		s.verifyLater(path, cmp.Or(o.CheckAfter, checkAfter))
	}
	return s, nil
}

// connect returns a pool of exactly one connection to a checked database of the present schema; whole:
// it was not closed in order, so all of it is read.
func connect(ctx context.Context, path string, o Options, whole bool) (*sql.DB, error) {
	existed, err := secureFile(path)
	if err != nil {
		return nil, err
	}
	if existed {
		if err := check(ctx, path, whole); err != nil {
			return nil, err
		}
	}
	db, err := openWritable(path)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, db, o, existed); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

var (
	writePragmas = []string{
		"busy_timeout(5000)", "foreign_keys(1)", "journal_mode(WAL)", "synchronous(FULL)",
		"cache_size(-16000)", "journal_size_limit(67108864)", "wal_autocheckpoint(2000)", "temp_store(MEMORY)",
	}
	readPragmas = []string{"busy_timeout(5000)", "query_only(1)", "cache_size(-8000)", "temp_store(MEMORY)"}
)

func openWritable(path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dsn(path, "mode=rw", writePragmas...))
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// dsn builds the address of a database file; any character may occur in its path.
func dsn(path, mode string, pragmas ...string) string {
	p := filepath.ToSlash(path)
	if !strings.HasPrefix(p, "/") {
		p = "/" + p // C:/… on Windows
	}
	u := url.URL{Scheme: "file", Path: p}
	q := mode
	for _, pragma := range pragmas {
		q += "&_pragma=" + url.QueryEscape(pragma)
	}
	u.RawQuery = q
	return u.String()
}

// secureFile makes sure that the database file exists and that only its owner can read it; the
// engine gives -wal and -shm the same mode. existed is false for a file without content.
func secureFile(path string) (existed bool, err error) {
	_, err = os.Lstat(path)
	absent := errors.Is(err, fs.ErrNotExist)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return false, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return false, err
	}
	if !st.Mode().IsRegular() {
		return false, fmt.Errorf("%s is not a file", path)
	}
	if st.Size() > 0 && st.Size() < smallest {
		return false, damaged(path, errors.New("its file is shorter than any database"))
	}
	if st.Size() == 0 {
		if err := emptied(path, absent); err != nil {
			return false, damaged(path, err)
		}
	}
	return st.Size() > 0, f.Chmod(0o600)
}

// keyName is a file beside the database that is made only once the database has content.
const keyName = "accounts.key"

// emptied tells what shows that an empty database file had content once: then it is not a new
// installation. A file that was absent is one that somebody took out to begin anew; only a log with
// content speaks against that, because the engine would throw it away as left behind.
func emptied(path string, absent bool) error {
	if absent {
		if log, err := os.Stat(path + "-wal"); err == nil && log.Size() > 0 {
			return errors.New("its file is not there, but its log is")
		}
		return nil
	}
	dir := filepath.Dir(path)
	for _, sign := range []struct{ path, words string }{
		{path + "-wal", "its log is there"},
		{filepath.Join(dir, backupDir), "there are copies of it"},
		{filepath.Join(dir, keyName), "there is a key for its accounts"},
	} {
		if _, err := os.Lstat(sign.path); err == nil {
			return fmt.Errorf("its file is empty, but %s", sign.words)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
