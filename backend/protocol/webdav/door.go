package webdav

import (
	"context"
	"net/netip"

	"portico/backend/listen"
)

// Door switches a Handler on and off. It opens no port: its requests come through the web door.
type Door struct{ h *Handler }

// NewDoor returns the switch of a Handler.
func NewDoor(h *Handler) *Door { return &Door{h} }

// Start switches on.
func (d *Door) Start(context.Context) error {
	d.h.open.Store(d)
	return nil
}

// Stop switches off; requests that have begun go on.
func (d *Door) Stop(context.Context) error {
	d.h.open.CompareAndSwap(d, nil) // another one may have taken its place
	return nil
}

// Addrs are none.
func (d *Door) Addrs() []netip.AddrPort { return nil }

// Refused are none.
func (d *Door) Refused() []*listen.RefusedError { return nil }
