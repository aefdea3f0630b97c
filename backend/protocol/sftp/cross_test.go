package sftp

import (
	"testing"

	"portico/backend/listen"
	"portico/backend/protocol/protocoltest"
	"portico/backend/protocol/protocoltest/httpclient"
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
		return httpclient.At("http://" + d.Addrs()[0].String())
	}}
}
