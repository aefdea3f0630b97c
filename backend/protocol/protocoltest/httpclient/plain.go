// Package httpclient holds clients over HTTP for the suite of all doors: Go's own, which fetches and sends,
// for doors that are tried across the web door, and the program curl, for those that speak HTTP themselves.
//
// It is for tests only and knows no door.
package httpclient

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"testing"

	"portico/backend/protocol/protocoltest"
)

// At is a server that is open at a URL, without a slash at its end; its clients are Go's.
type At string

// Client speaks as one of the house's people.
func (at At) Client(t *testing.T, who string) protocoltest.Client {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &plain{string(at), who, &http.Client{Transport: tr}}
}

// plain is net/http's.
type plain struct {
	base, who string
	http      *http.Client
}

func (c *plain) do(method, name string, body io.Reader) (io.ReadCloser, error) {
	req, err := http.NewRequest(method, c.base+(&url.URL{Path: name}).EscapedPath(), body)
	if err != nil {
		return nil, err
	}
	if c.who != "" {
		req.SetBasicAuth(c.who, protocoltest.Password(c.who))
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	if err := StatusError(resp.StatusCode); err != nil {
		resp.Body.Close()
		return nil, err
	}
	return resp.Body, nil
}

func (c *plain) Get(name string) (io.ReadCloser, error) { return c.do(http.MethodGet, name, nil) }

func (c *plain) Put(name string, content []byte) error {
	body, err := c.do(http.MethodPut, name, bytes.NewReader(content))
	if err == nil {
		err = body.Close()
	}
	return err
}

// StatusError is what a status means to the suite; nil for success.
func StatusError(status int) error {
	switch {
	case status < 300:
		return nil
	case status == 401, status == 403:
		return fs.ErrPermission
	case status == 404, status == 405:
		return fs.ErrNotExist
	case status == 412:
		return fs.ErrExist
	case status == 423:
		return protocoltest.ErrLocked
	case status == 413, status == 507:
		return protocoltest.ErrFull
	}
	return fmt.Errorf("%w: status %d", protocoltest.ErrRefused, status)
}
