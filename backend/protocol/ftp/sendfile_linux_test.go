package ftp

import (
	"context"
	"testing"

	"portico/backend/protocol/protocoltest"
)

const sendfileSize = 64 << 20

// TestSendfile adds up what sendfile sends: RETR in the clear copies nothing by itself.
func TestSendfile(t *testing.T) {
	serve := func() (string, func(context.Context) error) {
		h := protocoltest.NewHouse(t)
		h.Lay("/files/big.bin", make([]byte, sendfileSize))
		d := openHouse(t, h, Options{})
		return d.Addrs()[0].String(), d.Stop
	}
	sent, child := protocoltest.Sendfile(t, serve, func(at string) {
		c := callAt(t, at)
		c.wants(220)
		c.want(331, "USER "+protocoltest.Alice)
		c.want(230, "PASS "+protocoltest.Password(protocoltest.Alice))
		for off, more := range map[int]string{0: "REST 0", 1000: "REST 1000"} {
			c.want(350, more)
			if got, code := c.fetch("RETR /files/big.bin"); code != 226 || len(got) != sendfileSize-off {
				t.Errorf("%s: %d bytes, %d", more, len(got), code)
			}
		}
		c.Close()
	})
	if want := 2*sendfileSize - 1000; !child && sent != want {
		t.Errorf("sendfile sent %d bytes, want %d", sent, want)
	}
}
