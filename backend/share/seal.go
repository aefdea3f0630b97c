package share

import (
	"context"
	"crypto/sha256"
	"encoding/json"
)

// Seal stands for what a visitor of a share had to bring: its key, its password, its network. Equal
// seals of one key ask for the same.
type Seal [sha256.Size]byte

// Seal returns the present seal of a key; ErrNone when there is no such share, or what the store
// said. It lets nobody in and counts nothing: it is for doors that keep a visitor for longer than one
// request, whom Open let in before.
func (s *Shares) Seal(ctx context.Context, key string) (Seal, error) {
	row, found, err := s.lookUp(ctx, Fold(key))
	if err != nil {
		return Seal{}, err
	}
	if !found {
		return Seal{}, ErrNone
	}
	text, err := json.Marshal([]any{row.ID, row.Key, row.Password, row.Networks, row.Public})
	return sha256.Sum256(text), err
}
