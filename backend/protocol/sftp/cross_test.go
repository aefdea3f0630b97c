package sftp

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"testing"

	"portico/backend/listen"
	"portico/backend/protocol/protocoltest"
	"portico/backend/protocol/web"
)

// webDoor is the web door over the same house.
func webDoor() protocoltest.Door {
	return protocoltest.Door{Name: "http", Label: "http", Start: func(t *testing.T, h *protocoltest.House) protocoltest.Server {
		d := web.New(web.Options{
			Front: web.NewFront(web.FrontOptions{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares}), Listen: listen.Spec{Addrs: []string{"127.0.0.1:0"}},
		})
		if err := d.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { stopDoor(t, d) })
		return webServer("http://" + d.Addrs()[0].String())
	}}
}

type webServer string

func (s webServer) Client(t *testing.T, who string) protocoltest.Client {
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return webClient{string(s), who, &http.Client{Transport: tr}}
}

// webClient fetches and sends, no more.
type webClient struct {
	base, who string
	http      *http.Client
}

func (c webClient) do(method, name string, body io.Reader) (io.ReadCloser, error) {
	req, err := http.NewRequest(method, c.base+(&url.URL{Path: name}).EscapedPath(), body)
	if err != nil {
		return nil, err
	}
	req.SetBasicAuth(c.who, protocoltest.Password(c.who))
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= 300 {
		resp.Body.Close()
		return nil, protocoltest.ErrRefused
	}
	return resp.Body, nil
}

func (c webClient) Get(name string) (io.ReadCloser, error) { return c.do("GET", name, nil) }

func (c webClient) Put(name string, content []byte) error {
	body, err := c.do("PUT", name, bytes.NewReader(content))
	if err == nil {
		err = body.Close()
	}
	return err
}
