package tftp

import (
	"context"
	"errors"
	"testing"

	"portico/backend/listen"
	"portico/backend/protocol/protocoltest"
	"portico/backend/protocol/protocoltest/httpclient"
	"portico/backend/protocol/web"
)

// TestCross: what comes in by TFTP goes out by HTTP, and the other way round.
func TestCross(t *testing.T) {
	var doors []protocoltest.Door
	for _, program := range programs() {
		doors = append(doors, door(t, program))
	}
	protocoltest.Cross(t, append(doors, protocoltest.Door{Name: "http", Label: "http", Start: func(t *testing.T, h *protocoltest.House) protocoltest.Server {
		return httpclient.At(serveWeb(t, h))
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
