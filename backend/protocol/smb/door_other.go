//go:build !linux

package smb

import (
	"context"
	"errors"
	"net/netip"

	"portico/backend/listen"
)

// Door stays closed here: the system's own file sharing holds SMB.
type Door struct{}

// New makes a door that does not open.
func New(Options) *Door { return &Door{} }

// Start says what to use instead.
func (*Door) Start(context.Context) error {
	return errors.New("on this system its own file sharing holds SMB, so Portico does not offer it here. " +
		"WebDAV connects as a network drive, too, and SFTP to file programs: switch one of these on instead")
}

// Stop has nothing to do.
func (*Door) Stop(context.Context) error { return nil }

// Addrs is empty.
func (*Door) Addrs() []netip.AddrPort { return nil }

// Refused is empty.
func (*Door) Refused() []*listen.RefusedError { return nil }

// Connected is empty.
func (*Door) Connected() []netip.Addr { return nil }
