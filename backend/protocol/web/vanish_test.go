package web

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
)

// TestArchiveOfWhatChanges: the length of an archive is promised before its files are read. When one is
// another by then, the answer breaks off where the client must notice, and nothing follows on the
// connection that could be taken for the rest.
func TestArchiveOfWhatChanges(t *testing.T) {
	const first, last = 64 << 20, 1 << 20
	changes := map[string]func(path string) error{
		"vanishes":      os.Remove,
		"grows":         func(path string) error { return appendTo(path, "more") },
		"shrinks":       func(path string) error { return os.Truncate(path, last/2) },
		"empties":       func(path string) error { return os.Truncate(path, 0) },
		"is a folder":   func(path string) error { return replaced(path, func() error { return os.Mkdir(path, 0o755) }) },
		"is a link":     func(path string) error { return replaced(path, func() error { return os.Symlink("a.bin", path) }) },
		"is written to": func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("z"), last), 0o644) },
	}
	for _, format := range []string{"zip", "tar"} {
		for what, change := range changes {
			if format == "tar" && what != "grows" && what != "is written to" {
				continue // the same code
			}
			t.Run(format+" of a file that "+what, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, nil)
				// More than a connection holds: while nobody reads, b.bin is not opened.
				h.disk("many/a.bin", strings.Repeat("a", first))
				h.disk("many/b.bin", strings.Repeat("b", last))
				c := h.dial()
				fmt.Fprintf(c, "GET /files/many/?%s HTTP/1.1\r\nHost: x\r\n\r\nGET /files/many/b.bin HTTP/1.1\r\nHost: x\r\n\r\n", format)
				in := bufio.NewReader(c)
				resp, err := http.ReadResponse(in, nil)
				if err != nil {
					t.Fatal(err)
				}
				if resp.StatusCode != http.StatusOK || resp.ContentLength < first+last {
					t.Fatalf("%s, %d bytes", resp.Status, resp.ContentLength)
				}
				if err := change(h.Path("/files/many/b.bin")); err != nil {
					t.Fatal(err)
				}
				n, err := io.Copy(io.Discard, resp.Body)
				if err == nil || n >= resp.ContentLength {
					t.Errorf("%d of %d bytes, %v", n, resp.ContentLength, err)
				}
				if rest, _ := io.ReadAll(in); len(rest) > 0 {
					t.Errorf("after it: %.60q", rest)
				}
				// What is asked for anew is whole again.
				a := h.do("GET", "/files/many/?"+format).want(t, 200)
				if int64(len(a.body)) != a.ContentLength {
					t.Errorf("anew: %d of %d bytes", len(a.body), a.ContentLength)
				}
			})
		}
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

func replaced(path string, make func() error) error {
	if err := os.Remove(path); err != nil {
		return err
	}
	return make()
}
