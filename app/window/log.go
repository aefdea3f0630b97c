//go:build desktop

package window

import "log/slog"

// quiet is the log of Wails as part of ours.
type quiet struct{ log *slog.Logger }

func (q quiet) Print(text string)   { q.log.Debug(text) }
func (q quiet) Trace(text string)   { q.log.Debug(text) }
func (q quiet) Debug(text string)   { q.log.Debug(text) }
func (q quiet) Info(text string)    { q.log.Debug(text) }
func (q quiet) Warning(text string) { q.log.Info(text) }
func (q quiet) Error(text string)   { q.log.Warn(text) }
func (q quiet) Fatal(text string)   { q.log.Error(text) }
