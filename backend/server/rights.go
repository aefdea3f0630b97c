package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"reflect"

	"portico/backend/access"
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
	s.tree.EndSessions(func(id access.Identity) bool { return s.outdated(ctx, id) })
}

// outdated reports whether an identity is not what it was when its session began.
func (s *Server) outdated(ctx context.Context, id access.Identity) bool {
	switch id.Kind {
	case access.Account, access.Device, access.Token:
		now, err := s.accounts.Present(ctx, id)
		return err != nil || !reflect.DeepEqual(now, id)
	case access.Link:
		now, err := s.shares.Present(ctx, id)
		return err != nil || !reflect.DeepEqual(now, id)
	}
	return false
}

// sharesChanged is called when a share was made, changed or ended: whoever holds a link that is not
// what it was has to open it again.
func (s *Server) sharesChanged() {
	if s.tree == nil {
		return
	}
	ctx := context.WithoutCancel(s.life)
	s.tree.EndSessions(func(id access.Identity) bool { return id.Kind == access.Link && s.outdated(ctx, id) })
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
