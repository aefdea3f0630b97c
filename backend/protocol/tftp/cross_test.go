package tftp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"testing"

	"portico/backend/listen"
	"portico/backend/protocol/protocoltest"
	"portico/backend/protocol/web"
)

// TestCross: what comes in by TFTP goes out by HTTP, and the other way round.
func TestCross(t *testing.T) {
	var doors []protocoltest.Door
	for _, program := range programs() {
		doors = append(doors, door(t, program))
	}
	protocoltest.Cross(t, append(doors, protocoltest.Door{Name: "http", Label: "http", Start: func(t *testing.T, h *protocoltest.House) protocoltest.Server {
		return &webServer{serveWeb(t, h)}
	}})...)
}

// serveWeb opens the web door over a house and returns its URL.
func serveWeb(t *testing.T, h *protocoltest.House) string {
	d := web.New(web.Options{Front: web.NewFront(web.FrontOptions{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares}), Listen: listen.Spec{Addrs: []string{"127.0.0.1:0"}}})
	if err := d.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := d.Stop(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("stop: %v", err)
		}
	})
	return "http://" + d.Addrs()[0].String()
}

type webServer struct{ url string }

func (s *webServer) Client(t *testing.T, who string) protocoltest.Client {
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
	answer, err := c.http.Do(r)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= 300 {
		answer.Body.Close()
		return nil, fmt.Errorf("%w: %s", fs.ErrPermission, answer.Status)
	}
	return answer.Body, nil
}

func (c *webClient) Get(name string) (io.ReadCloser, error) { return c.do(http.MethodGet, name, nil) }

func (c *webClient) Put(name string, content []byte) error {
	body, err := c.do(http.MethodPut, name, bytes.NewReader(content))
	if err != nil {
		return err
	}
	return body.Close()
}
