package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"portico/backend/access"
	"portico/backend/protocol/entry"
	"portico/backend/store"
)

// rightsChanged is called after every change of accounts, tokens and grants: new rules, and whoever
// is not what they were any more has to sign in again.
func (s *Server) rightsChanged() {
	if s.tree == nil {
		return // the house is still being built, and nobody is inside
	}
	ctx := context.WithoutCancel(s.life)
	s.volumes.mu.Lock()
	err := s.judge(ctx)
	s.volumes.mu.Unlock()
	if err != nil {
		s.log.Error("the new rights are not in force", "error", err)
	}
	e := s.entry()
	s.tree.EndSessions(func(id access.Identity) bool { return !e.Stands(ctx, id) })
}

// entry says who comes to doors by a name and a secret, and whether they are still who they were.
func (s *Server) entry() *entry.Entry {
	return entry.New(entry.Options{Tree: s.tree, Accounts: s.accounts, Shares: s.shares})
}

// secretsEnded is called when an account got another password, or lost a key or its password for SMB:
// whoever came by the old one shows the new. What a token does goes on: that is a secret of its own.
func (s *Server) secretsEnded(id access.Identity) {
	if s.tree != nil {
		s.tree.EndSessions(id.Is)
	}
}

// sharesChanged is called when a share was made, changed or ended, and when a device has to ask again to
// be let in: whoever holds a link that is not what it was has to open it again.
func (s *Server) sharesChanged() {
	if s.tree == nil {
		return
	}
	ctx := context.WithoutCancel(s.life)
	e := s.entry()
	s.tree.EndSessions(func(id access.Identity) bool { return id.Kind == access.Link && !e.Stands(ctx, id) })
	s.tree.DropWaiting(func(id access.Identity) bool { return id.Kind == access.Link && s.shares.Ended(ctx, id) })
}

// nodePath returns where the folder of a node is in the tree now.
func (s *Server) nodePath(ctx context.Context, node int64) (string, error) {
	var volume, rel string
	var ok bool
	err := s.store.Read(ctx, func(tx *store.Tx) (err error) {
		volume, rel, ok, err = tx.Place(node)
		return err
	})
	if err != nil {
		return "", err
	}
	if !ok {
		return "", fs.ErrNotExist
	}
	top, mounted := s.volumes.path(volume)
	if !mounted {
		return "", fmt.Errorf("the volume %q is not served now: %w", volume, errNotServed)
	}
	if rel == "." {
		return top, nil
	}
	return access.Clean(top + "/" + rel), nil
}

var errNotServed = errors.New("not served")
