package server

import (
	"context"
	"fmt"
	"time"

	"portico/backend/account"
)

// Key is an SSH public key of an account, as the console shows it.
type Key struct {
	Type        string    `json:"type"`
	Fingerprint string    `json:"fingerprint"`
	Comment     string    `json:"comment,omitempty"`
	Created     time.Time `json:"created"`
}

// KeyRequest names an account, and the key that is meant.
type KeyRequest struct {
	User        string `json:"user"`
	Line        string `json:"line,omitempty"`        // key.add: as in an authorized_keys file
	Fingerprint string `json:"fingerprint,omitempty"` // key.remove
}

func showKey(k account.KeyInfo) Key { return Key(k) }

// withKeys does something about the keys of a named account and returns what it said.
func (s *Server) withKeys(ctx context.Context, in func(any) error, do func(KeyRequest, string) (any, error)) (any, error) {
	var r KeyRequest
	if err := in(&r); err != nil {
		return nil, err
	}
	a, err := s.user(ctx, r.User)
	if err != nil {
		return nil, err
	}
	return do(r, a.ID)
}

func keyList(s *Server, ctx context.Context, in func(any) error) (any, error) {
	return s.withKeys(ctx, in, func(_ KeyRequest, id string) (any, error) {
		list, err := s.accounts.Keys(ctx, id)
		out := make([]Key, len(list))
		for i, k := range list {
			out[i] = showKey(k)
		}
		return out, err
	})
}

func keyAdd(s *Server, ctx context.Context, in func(any) error) (any, error) {
	return s.withKeys(ctx, in, func(r KeyRequest, id string) (any, error) {
		k, err := s.accounts.AddKey(ctx, id, r.Line)
		return showKey(k), err
	})
}

func keyRemove(s *Server, ctx context.Context, in func(any) error) (any, error) {
	return s.withKeys(ctx, in, func(r KeyRequest, id string) (any, error) {
		err := s.accounts.RemoveKey(ctx, id, r.Fingerprint)
		if err != nil {
			err = fmt.Errorf("%s has no key %s: %w", r.User, r.Fingerprint, err)
		}
		return Key{Fingerprint: r.Fingerprint}, err
	})
}
