package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"

	"portico/backend/config"
)

// newLog makes the program's own log, as the settings want it.
func newLog(c config.Log, stderr io.Writer) (log *slog.Logger, closer io.Closer, err error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		return nil, nil, err
	}
	w, closer := stderr, io.Closer(io.NopCloser(nil))
	if c.File != "" {
		f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
		if err != nil {
			return nil, nil, fmt.Errorf("log.file: %w\nnothing was started; name another file, or: portico config unset log.file", err)
		}
		w, closer = f, f
	}
	o := &slog.HandlerOptions{Level: level}
	switch {
	case c.Format == "json":
		return slog.New(slog.NewJSONHandler(w, o)), closer, nil
	case c.File != "":
		return slog.New(slog.NewTextHandler(w, o)), closer, nil
	}
	return slog.New(&plainHandler{w: w, level: level, mu: new(sync.Mutex)}), closer, nil
}

// plainHandler writes for a person who sits at the terminal: the sentence first, details behind it,
// no time and no room.
type plainHandler struct {
	mu    *sync.Mutex
	w     io.Writer
	level slog.Level
	attrs []slog.Attr
}

func (h *plainHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level }

func (h *plainHandler) Handle(_ context.Context, r slog.Record) error {
	var b strings.Builder
	if r.Level >= slog.LevelWarn {
		b.WriteString(strings.ToLower(r.Level.String()) + ": ")
	}
	b.WriteString(r.Message)
	detail := func(a slog.Attr) bool {
		if a.Key != "room" {
			fmt.Fprintf(&b, " · %s: %v", a.Key, a.Value)
		}
		return true
	}
	for _, a := range h.attrs {
		detail(a)
	}
	r.Attrs(detail)
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := io.WriteString(h.w, printable(b.String())+"\n")
	return err
}

func (h *plainHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *h
	c.attrs = append(h.attrs[:len(h.attrs):len(h.attrs)], attrs...)
	return &c
}

func (h *plainHandler) WithGroup(string) slog.Handler { return h }
