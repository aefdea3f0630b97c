//go:build linux

package smb

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"testing"

	"portico/backend/protocol/protocoltest"
)

// webServer is the web door.
type webServer struct{ url string }

func (s webServer) Client(t *testing.T, who string) protocoltest.Client {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &webClient{s.url, who, &http.Client{Transport: tr}}
}

// webClient is net/http's.
type webClient struct {
	url, who string
	http     *http.Client
}

func (c *webClient) do(method, name string, body io.Reader) (io.ReadCloser, error) {
	r, err := http.NewRequest(method, c.url+(&url.URL{Path: name}).EscapedPath(), body)
	if err != nil {
		return nil, err
	}
	r.SetBasicAuth(c.who, protocoltest.Password(c.who))
	a, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	if a.StatusCode > 299 {
		a.Body.Close()
		return nil, fmt.Errorf("%w: %s", protocoltest.ErrRefused, a.Status)
	}
	return a.Body, nil
}

func (c *webClient) Get(name string) (io.ReadCloser, error) {
	return c.do(http.MethodGet, name, nil)
}

func (c *webClient) Put(name string, content []byte) error {
	body, err := c.do(http.MethodPut, name, bytes.NewReader(content))
	if err == nil {
		err = body.Close()
	}
	return err
}
