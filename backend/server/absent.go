package server

import (
	"context"
	"iter"

	"portico/backend/vfs/driver"
)

// missing stands in for the driver of a volume whose folder has never been seen, so that visitors
// read "not connected" there and not "no such thing". It is replaced when the folder appears.
type missing struct{}

var _ driver.Driver = missing{}

func (missing) Caps() driver.Caps           { return driver.Caps{} }
func (missing) Check(context.Context) error { return driver.ErrAbsent }
func (missing) Lookup(context.Context, string, driver.Want) (driver.Object, error) {
	return nil, driver.ErrAbsent
}
func (missing) Usage(context.Context) (free, total int64, err error) { return 0, 0, driver.ErrAbsent }
func (missing) OpenStage(context.Context, string) (driver.Stage, error) {
	return nil, driver.ErrAbsent
}
func (missing) Stages(context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) { yield("", driver.ErrAbsent) }
}
func (missing) SyncAll(context.Context) error { return driver.ErrAbsent }
func (missing) Close() error                  { return nil }
