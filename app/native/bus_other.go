//go:build windows || darwin

package native

import "context"

// Bus stands for a message bus, which this system does not have; nothing here needs one.
type Bus struct{}

// DialSession answers that there is no bus, without an error: nothing is missing.
func DialSession(context.Context) (*Bus, error) { return nil, nil }

// DialSystem is as DialSession.
func DialSystem(context.Context) (*Bus, error) { return nil, nil }

// Close does nothing.
func (*Bus) Close() {}
