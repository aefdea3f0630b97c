package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"portico/backend/server"
)

// remote is whoever answers the owner's questions: the running instance, or this process itself.
type remote struct {
	place *place
}

// call does one operation of the console. Where no instance runs, the same house does it here,
// without opening a door.
func (r remote) call(ctx context.Context, operation string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	dir, err := r.place.dir()
	if err != nil {
		return err
	}
	for deadline := time.Now().Add(3 * time.Second); ; {
		answer, err := post(ctx, dir, "/-/console/"+operation, body)
		if errors.Is(err, server.ErrNotRunning) {
			answer, err = r.here(ctx, dir, operation, body)
		}
		if errors.Is(err, server.ErrHeld) && time.Now().Before(deadline) {
			// Another command, or an instance that is just starting.
			time.Sleep(50 * time.Millisecond)
			continue
		}
		if err != nil || out == nil {
			return err
		}
		return json.Unmarshal(answer, out)
	}
}

// here does an operation in this process.
func (r remote) here(ctx context.Context, dir, operation string, body []byte) ([]byte, error) {
	c, err := r.place.settings()
	if err != nil {
		return nil, err
	}
	s, err := server.New(ctx, server.Options{Data: dir, Config: c, Version: version, Settings: r.place.settings})
	if err != nil {
		return nil, err
	}
	answer, err := s.Call(ctx, operation, body)
	return answer, errors.Join(err, s.Close())
}

// running reports whether an instance runs for this data folder.
func (r remote) running(ctx context.Context) (bool, error) {
	dir, err := r.place.dir()
	if err != nil {
		return false, err
	}
	err = server.Dial(ctx, dir)
	if errors.Is(err, server.ErrNotRunning) {
		return false, nil
	}
	return err == nil, err
}

// post sends JSON to the running instance and returns its answer.
func post(ctx context.Context, dir, path string, body []byte) ([]byte, error) {
	return ask(ctx, dir, http.MethodPost, path, body)
}

// get asks the running instance's API.
func (r remote) get(ctx context.Context, path string, out any) error {
	dir, err := r.place.dir()
	if err != nil {
		return err
	}
	answer, err := ask(ctx, dir, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, out)
}

func ask(ctx context.Context, dir, method, path string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://portico"+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := server.Client(dir).Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= 300 {
		return nil, refused(answer.Status, text)
	}
	return text, nil
}

// refused puts a failed answer into words.
func refused(status string, body []byte) error {
	var why struct {
		server.Refusal
		Title, Detail, Next string
	}
	if json.Unmarshal(body, &why) != nil {
		return fmt.Errorf("the running Portico answered %s", status)
	}
	if why.Refusal != (server.Refusal{}) {
		return why.Refusal.Err()
	}
	for _, text := range []string{why.Detail, why.Title} {
		if text != "" {
			return errors.New(text)
		}
	}
	return fmt.Errorf("the running Portico answered %s", status)
}

// verify has files compared with what arrived, and tells how it goes.
func (r remote) verify(ctx context.Context, at string, tell func(server.Verified) error) error {
	dir, err := r.place.dir()
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://portico/-/console/verify?path="+url.QueryEscape(at), nil)
	if err != nil {
		return err
	}
	answer, err := server.Client(dir).Do(request)
	if errors.Is(err, server.ErrNotRunning) {
		return r.verifyHere(ctx, dir, at, tell)
	}
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	for lines := json.NewDecoder(answer.Body); ; {
		var v server.Verified
		if err := lines.Decode(&v); err != nil {
			return fmt.Errorf("the running Portico went away: %w", err)
		}
		if v.Failed != "" {
			return errors.New(v.Failed)
		}
		if err := tell(v); err != nil || v.Done {
			return err
		}
	}
}

func (r remote) verifyHere(ctx context.Context, dir, at string, tell func(server.Verified) error) error {
	c, err := r.place.settings()
	if err != nil {
		return err
	}
	s, err := server.New(ctx, server.Options{Data: dir, Config: c, Version: version, Settings: r.place.settings})
	if err != nil {
		return err
	}
	if err = s.Mount(ctx); err == nil {
		err = s.Verify(ctx, at, tell)
	}
	return errors.Join(err, s.Close())
}
