package server

import (
	"context"
	"errors"
	"iter"
	"time"

	"portico/backend/event"
	"portico/backend/listen"
	"portico/backend/protocol/web"
	"portico/backend/server/control"
	"portico/backend/store"
	"portico/backend/vfs"
)

// What stands in the way of reaching or becoming the master of a data folder.
var (
	ErrNotRunning = control.ErrNotRunning // nobody is
	ErrHeld       = store.ErrLocked       // another process is
)

// Reserved reports whether a folder cannot be served under this name at the top of the tree.
func Reserved(segment string) bool { return web.IsReserved(segment) }

// PortRefused tells why a port could not be opened: another program has it, or this user may not.
func PortRefused(err error) (taken, forbidden bool) {
	var refused *listen.RefusedError
	if !errors.As(err, &refused) {
		return false, false
	}
	return refused.Taken(), refused.Forbidden
}

// HelpURLs explains the places of the HTTP door.
func HelpURLs() string { return web.HelpURLs() }

// Newest returns the id of the newest event, for Follow.
func (s *Server) Newest(ctx context.Context) (int64, error) { return s.store.NewestEvent(ctx) }

// Follow yields the events after an id, and then each as it comes, until ctx or the house ends.
func (s *Server) Follow(ctx context.Context, after int64) iter.Seq2[event.Event, error] {
	return s.bus.Follow(ctx, after)
}

// Transfers returns what moves at this moment.
func (s *Server) Transfers() []vfs.Transfer { return s.tree.Transfers() }

// Serves reports whether any folder is served.
func (s *Server) Serves() bool { return len(s.tree.Volumes()) > 0 }

// Grace is how long Stop should wait for running transfers.
func (s *Server) Grace() time.Duration { return s.grace() }

// Mount mounts the volumes without opening a door, for work in this process alone.
func (s *Server) Mount(ctx context.Context) error { return s.mountAll(ctx) }
