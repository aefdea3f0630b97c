package account

import (
	"context"
	"errors"

	"portico/backend/store"
)

// refold brings the stored names to how names are compared now. Where two accounts have become one by
// that, the later keeps the name that it was found by.
func (a *Accounts) refold(ctx context.Context) error {
	var stale []store.Account
	err := a.read(ctx, func(tx *store.Tx) error {
		rows, err := tx.Accounts()
		for _, row := range rows {
			if fold(row.Name) != row.Folded {
				stale = append(stale, row)
			}
		}
		return err
	})
	for i := 0; err == nil && i < len(stale); i++ {
		stale[i].Folded = fold(stale[i].Name)
		err = a.write(ctx, func(tx *store.Tx) error { return tx.SetAccount(&stale[i]) })
		if errors.Is(err, store.ErrTaken) {
			a.log.Warn("two accounts have names that differ only in case: rename one", "name", stale[i].Name)
			err = nil
		}
	}
	return err
}
