package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	backupDir   = "backup"
	backupsKept = 3
)

// backup writes a whole, compact copy of the database into the backup folder and removes the oldest
// copies beyond backupsKept.
func backup(ctx context.Context, db *sql.DB, dir string, version int64) error {
	folder := filepath.Join(dir, backupDir)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	name := fmt.Sprintf("portico-%s-v%05d.db", time.Now().UTC().Format("20060102T150405.000"), version)
	temp := filepath.Join(folder, name+".part")
	defer os.Remove(temp)
	// The engine fills an existing empty file and keeps its mode.
	if err := os.WriteFile(temp, nil, 0o600); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, `VACUUM INTO ?`, temp); err != nil {
		return translate(err)
	}
	if err := syncFile(temp); err != nil {
		return err
	}
	if err := os.Rename(temp, filepath.Join(folder, name)); err != nil {
		return err
	}
	if err := syncDir(folder); err != nil {
		return err
	}
	all, err := backups(dir)
	if err != nil {
		return err
	}
	for len(all) > backupsKept {
		if err := os.Remove(all[0]); err != nil {
			return err
		}
		all = all[1:]
	}
	return nil
}

// backups lists the copies, oldest first.
func backups(dir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, backupDir))
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "portico-") && strings.HasSuffix(e.Name(), ".db") {
			all = append(all, filepath.Join(dir, backupDir, e.Name()))
		}
	}
	slices.Sort(all)
	return all, nil
}

func syncFile(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
