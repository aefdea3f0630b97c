package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"portico/backend/listen"
	"portico/backend/protocol/protocoltest"
	"portico/backend/vfs/vfstest"
)

const sendfileSize = 64 << 20

// TestSendfile adds up what sendfile sends of a file that is fetched.
func TestSendfile(t *testing.T) {
	serve := func() (string, func(context.Context) error) {
		h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "r"))
		if err := os.WriteFile(filepath.Join(h.Disk["/files"], "big.bin"), make([]byte, sendfileSize), 0o644); err != nil {
			t.Fatal(err)
		}
		d := New(Options{Front: NewFront(FrontOptions{Tree: h.Tree}), Listen: listen.Spec{Addrs: []string{"127.0.0.1:0"}}})
		if err := d.Start(context.Background()); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("http://%s/files/big.bin", d.Addrs()[0]), d.Stop
	}
	sent, child := protocoltest.Sendfile(t, serve, func(at string) {
		fetchForSendfile(t, at)
		http.DefaultClient.CloseIdleConnections()
	})
	// What the header's write takes along is not much.
	if want := 2 * (sendfileSize - 1<<20); !child && sent < want {
		t.Errorf("sendfile sent %d bytes, want at least %d", sent, want)
	}
}

// fetchForSendfile asks for all of the file, and for all but its first bytes.
func fetchForSendfile(t *testing.T, url string) {
	t.Helper()
	for _, ask := range []string{"", "bytes=1000-"} {
		req, _ := http.NewRequest("GET", url, nil)
		if ask != "" {
			req.Header.Set("Range", ask)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := io.Copy(io.Discard, resp.Body); err != nil || n < sendfileSize-1000 {
			t.Errorf("%d bytes, %v", n, err)
		}
		resp.Body.Close()
	}
}
