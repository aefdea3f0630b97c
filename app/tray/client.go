package tray

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// Client speaks to the control listener. Its methods may be called from many goroutines.
type Client struct {
	URL   string // "http://127.0.0.1:PORT"
	Token string
	HTTP  *http.Client // nil: http.DefaultClient

	// Batches is told by Follow how batches stand: all of them whenever a stream begins, then those that
	// changed. nil: nobody wants to know.
	Batches func(list []Batch, all bool)
}

// Refused is an answer that is no success.
type Refused struct {
	Status int
	Text   string // for people
}

func (r *Refused) Error() string { return r.Text }

// Ask sends in as JSON, unless it is nil, and reads the answer into out, unless that is nil.
func (c *Client) Ask(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	answer, err := c.send(ctx, method, path, body)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 300 {
		return refusal(answer)
	}
	if out == nil {
		_, err := io.Copy(io.Discard, answer.Body)
		return err
	}
	return json.NewDecoder(answer.Body).Decode(out)
}

func (c *Client) send(ctx context.Context, method, path string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, c.URL+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("X-Portico-Token", c.Token)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.HTTP == nil {
		return http.DefaultClient.Do(r)
	}
	return c.HTTP.Do(r)
}

func refusal(answer *http.Response) error {
	var why struct{ Detail, Title string }
	text, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if json.Unmarshal(text, &why) == nil {
		for _, words := range []string{why.Detail, why.Title} {
			if words != "" {
				return &Refused{answer.StatusCode, words}
			}
		}
	}
	return &Refused{answer.StatusCode, "Portico answered " + answer.Status}
}

// Load asks for everything that the tray shows.
func (c *Client) Load(ctx context.Context) (s State, err error) {
	var shares struct{ Shares []Share }
	var status struct {
		Doors   []Door
		Volumes []Volume
	}
	var doors struct{ Doors []Door }
	if err = c.Ask(ctx, http.MethodGet, "/-/api/shares", nil, &shares); err != nil {
		return s, err
	}
	if err = c.Ask(ctx, http.MethodGet, "/-/api/status", nil, &status); err != nil {
		return s, err
	}
	if err = c.Ask(ctx, http.MethodGet, "/-/api/doors", nil, &doors); err != nil {
		return s, err
	}
	var asking struct{ Asking []Asking }
	if err = c.Ask(ctx, http.MethodGet, "/-/api/asking", nil, &asking); err != nil {
		return s, err
	}
	return State{Shares: shares.Shares, Doors: doors.Doors, Volumes: status.Volumes, Asking: asking.Asking}, nil
}

// Do does what concerns a share or a door; done is false for what is the window's.
func (c *Client) Do(ctx context.Context, s State, a Action) (done bool, err error) {
	share := "/-/api/shares/" + url.PathEscape(a.ID)
	door := "/-/api/doors/" + url.PathEscape(a.ID)
	switch a.Verb {
	case CopyLink:
		err = c.Ask(ctx, http.MethodPost, "/-/api/desktop/clipboard", map[string]string{"text": a.Text}, nil)
	case OpenFolder:
		err = c.Ask(ctx, http.MethodPost, "/-/api/desktop/reveal", map[string]string{"share": a.ID}, nil)
	case Pause, Resume:
		err = c.Ask(ctx, http.MethodPatch, share, map[string]bool{"paused": a.Verb == Pause}, nil)
	case Stop:
		err = c.Ask(ctx, http.MethodDelete, share, nil, nil)
	case TurnOn, TurnOff:
		err = c.Ask(ctx, http.MethodPatch, door, map[string]bool{"open": a.Verb == TurnOn}, nil)
	case StopAll:
		err = c.stopAll(ctx, s)
	default:
		return false, nil
	}
	return true, err
}

// stopAll pauses every share and ends what moves. It goes on where one of them refuses.
func (c *Client) stopAll(ctx context.Context, s State) error {
	var failed error
	keep := func(err error) {
		if r, ok := err.(*Refused); err != nil && !(ok && r.Status == http.StatusNotFound) {
			failed = err
		}
	}
	for _, one := range s.Shares {
		if one.State == "open" {
			keep(c.Ask(ctx, http.MethodPatch, "/-/api/shares/"+url.PathEscape(one.ID), map[string]bool{"paused": true}, nil))
		}
	}
	var now struct{ Transfers []Transfer }
	keep(c.Ask(ctx, http.MethodGet, "/-/api/transfers", nil, &now))
	for _, t := range now.Transfers {
		if !t.Waiting {
			keep(c.Ask(ctx, http.MethodDelete, "/-/api/transfers/"+url.PathEscape(t.ID), nil, nil))
		}
	}
	return failed
}

// patience is how long a click is waited for.
const patience = 30 * time.Second

// stream opens the events of everything.
func (c *Client) stream(ctx context.Context) (io.ReadCloser, error) {
	answer, err := c.send(ctx, http.MethodGet, "/-/events?desktop=no", nil)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode != http.StatusOK {
		defer answer.Body.Close()
		return nil, fmt.Errorf("events: %w", refusal(answer))
	}
	return answer.Body, nil
}
