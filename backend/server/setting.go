package server

import (
	"context"
	"encoding/json"

	"portico/backend/store"
)

// setting reads a value that the server keeps for itself into what into points to; false where there
// is none that can be read.
func (s *Server) setting(ctx context.Context, key string, into any) bool {
	var text json.RawMessage
	err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		text, err = tx.Setting(store.ServerScope, key)
		return err
	})
	return err == nil && text != nil && json.Unmarshal(text, into) == nil
}

// setSetting keeps a value; nil takes it away.
func (s *Server) setSetting(ctx context.Context, key string, value any) error {
	var text json.RawMessage
	if value != nil {
		var err error
		if text, err = json.Marshal(value); err != nil {
			return err
		}
	}
	return s.store.Write(ctx, store.Durable, func(tx *store.Tx) error {
		return tx.SetSetting(store.ServerScope, key, text)
	})
}
