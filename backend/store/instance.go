package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

const lockName = "portico.lock"

// lockFile keeps other instances out of a data folder for as long as it is held. The system gives it
// up when the process ends, however it ends.
type lockFile struct{ f *os.File }

var errHeld = errors.New("held by another process")

func acquireLock(dir string) (*lockFile, error) {
	path := filepath.Join(dir, lockName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := lockExclusive(f); err != nil {
		holder := ""
		if text, readErr := os.ReadFile(path); readErr == nil {
			if pid, convErr := strconv.Atoi(strings.TrimSpace(string(text))); convErr == nil {
				holder = fmt.Sprintf(" (process %d)", pid)
			}
		}
		f.Close()
		if !errors.Is(err, errHeld) {
			return nil, fmt.Errorf("the data folder %s cannot be locked; choose one on a local disk: %w", dir, err)
		}
		return nil, &OpenError{Reason: ErrLocked, Cause: err, Text: fmt.Sprintf(
			"Portico is already running with the data folder %s%s. Use that one, stop it first, or start "+
				"this one with a folder of its own: --data DIR.", dir, holder)}
	}
	if err := writePID(f); err != nil {
		f.Close()
		return nil, err
	}
	return &lockFile{f: f}, nil
}

func writePID(f *os.File) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

// release gives the folder up. The file stays: removing it would let a third process lock another
// file of the same name.
func (l *lockFile) release() error { return l.f.Close() }
