package tray

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// Follow tells how things stand, at once and whenever they change, until ctx ends. seen empties the
// count of arrivals. told is called by one goroutine, never while it still runs.
func (c *Client) Follow(ctx context.Context, seen <-chan struct{}, told func(State)) {
	var s State
	for ctx.Err() == nil {
		if loaded, err := c.Load(ctx); err == nil {
			loaded.Unseen = s.Unseen
			s = loaded
			told(s)
			s = c.followed(ctx, s, seen, told)
		} else if ctx.Err() == nil {
			s.Away = true
			told(s)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second): // the stream ends every quarter of an hour
		}
	}
}

// followed follows one stream of events to its end.
func (c *Client) followed(ctx context.Context, s State, seen <-chan struct{}, told func(State)) State {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	body, err := c.stream(ctx)
	if err != nil {
		return s
	}
	defer body.Close()
	if err := c.batches(ctx); err != nil {
		return s
	}
	happened := make(chan sent)
	go read(ctx, body, happened)
	// Several facts come together; one look at how things stand is enough for them.
	var look <-chan time.Time
	for {
		select {
		case <-seen:
			if s.Unseen > 0 {
				s.Unseen = 0
				told(s)
			}
		case <-look:
			look = nil
			loaded, err := c.Load(ctx)
			if err != nil {
				return s
			}
			loaded.Unseen, loaded.Moving = s.Unseen, s.Moving
			s = loaded
			told(s)
		case e, ok := <-happened:
			if !ok {
				return s
			}
			switch e.name {
			case "transfer":
				var list struct{ Transfers []Transfer }
				if json.Unmarshal([]byte(e.data), &list) == nil {
					s.Moving = list.Transfers
					told(s)
				}
			case "asking":
				var list struct{ Asking []Asking }
				if json.Unmarshal([]byte(e.data), &list) == nil {
					s.Asking = list.Asking
					told(s)
				}
			case "batch":
				var one Batch
				if c.Batches != nil && json.Unmarshal([]byte(e.data), &one) == nil {
					c.Batches([]Batch{one}, false)
				}
			case "change", "resync":
				s.Unseen += arrived(e.data)
				if look == nil {
					look = time.After(50 * time.Millisecond)
				}
			}
		}
	}
}

// batches tells how all batches stand, after the stream has begun that tells what changes of them.
func (c *Client) batches(ctx context.Context) error {
	if c.Batches == nil {
		return nil
	}
	var list struct{ Batches []Batch }
	err := c.Ask(ctx, http.MethodGet, "/-/api/batches", nil, &list)
	if err == nil {
		c.Batches(list.Batches, true)
	}
	return err
}

// sent is one event of the stream.
type sent struct{ name, data string }

// read takes a stream of events apart; out is closed at its end.
func read(ctx context.Context, from io.Reader, out chan<- sent) {
	defer close(out)
	lines := bufio.NewReader(from)
	var e sent
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		switch name, value, _ := strings.Cut(line, ":"); {
		case line == "":
			if e.name != "" {
				select {
				case out <- e:
				case <-ctx.Done():
					return
				}
			}
			e = sent{}
		case name == "event":
			e.name = strings.TrimPrefix(value, " ")
		case name == "data":
			e.data += strings.TrimPrefix(value, " ")
		}
	}
}

// arrived counts the files of a change that others sent.
func arrived(data string) int {
	var change struct {
		Fact *struct {
			Kind, Identity string
			Count          int
		}
	}
	if json.Unmarshal([]byte(data), &change) != nil || change.Fact == nil {
		return 0
	}
	f := change.Fact
	if (f.Kind != "created" && f.Kind != "replaced") || strings.HasPrefix(f.Identity, "owner") {
		return 0
	}
	return max(f.Count, 1)
}
