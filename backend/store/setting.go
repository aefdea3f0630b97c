package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ServerScope is the scope of settings that belong to nobody.
const ServerScope = "server"

// maxSetting is the largest value of a setting, in bytes.
const maxSetting = 256 << 10

// Setting returns a value, nil when there is none.
func (tx *Tx) Setting(scope, key string) (json.RawMessage, error) {
	var value string
	err := tx.row(`SELECT value FROM setting WHERE scope = ? AND key = ?`, scope, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return json.RawMessage(value), nil
}

// Settings returns everything of a scope.
func (tx *Tx) Settings(scope string) (map[string]json.RawMessage, error) {
	rows, err := tx.query(`SELECT key, value FROM setting WHERE scope = ?`, scope)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := make(map[string]json.RawMessage)
	for rows.Next() {
		var key, value string
		if err := rows.Scan(&key, &value); err != nil {
			return nil, err
		}
		all[key] = json.RawMessage(value)
	}
	return all, rows.Err()
}

// SetSetting keeps a value, which must be JSON of at most 256 KiB; nil takes it away.
func (tx *Tx) SetSetting(scope, key string, value json.RawMessage) error {
	if value == nil {
		_, err := tx.exec(`DELETE FROM setting WHERE scope = ? AND key = ?`, scope, key)
		return err
	}
	if len(value) > maxSetting {
		return fmt.Errorf("the setting %q has %d bytes; %d are allowed", key, len(value), maxSetting)
	}
	if !json.Valid(value) {
		return fmt.Errorf("the setting %q is no JSON", key)
	}
	_, err := tx.exec(`INSERT INTO setting (scope, key, value, changed) VALUES (?,?,?,?)
		ON CONFLICT (scope, key) DO UPDATE SET value = excluded.value, changed = excluded.changed`,
		scope, key, string(value), time.Now().UnixNano())
	return err
}

// DropSettings takes everything of a scope away and returns how much it was.
func (tx *Tx) DropSettings(scope string) (int64, error) {
	res, err := tx.exec(`DELETE FROM setting WHERE scope = ?`, scope)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
