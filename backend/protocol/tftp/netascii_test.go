package tftp

import (
	"bufio"
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func toNet(t *testing.T, parts ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := &toASCII{w: &out}
	for _, p := range parts {
		if n, err := w.Write([]byte(p)); n != len(p) || err != nil {
			t.Fatalf("%q: %d, %v", p, n, err)
		}
	}
	return out.String()
}

func fromNet(t *testing.T, r io.Reader) string {
	t.Helper()
	got, err := io.ReadAll(fromASCII{bufio.NewReader(r)})
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}

func TestNetascii(t *testing.T) {
	for _, c := range []struct{ text, wire string }{
		{"", ""},
		{"a\nb\n", "a\r\nb\r\n"},
		{"\n\n", "\r\n\r\n"},
		{"a\rb", "a\r\x00b"},
		{"dos\r\n", "dos\r\x00\r\n"},
		{"\r", "\r\x00"},
		{"nul\x00", "nul\x00"},
	} {
		if got := toNet(t, strings.Split(c.text, "")...); got != c.wire {
			t.Errorf("%q became %q, want %q", c.text, got, c.wire)
		}
		// Octet by octet is every way to cut it into blocks.
		if got := fromNet(t, iotest.OneByteReader(strings.NewReader(c.wire))); got != c.text {
			t.Errorf("%q became %q, want %q", c.wire, got, c.text)
		}
	}
	for wire, want := range map[string]string{"a\rb": "a\rb", "a\r": "a\r", "\r\r\n": "\r\n", "\r\r\x00": "\r\r", "\n": "\n"} {
		if got := fromNet(t, iotest.DataErrReader(strings.NewReader(wire))); got != want {
			t.Errorf("broken %q became %q, want %q", wire, got, want)
		}
	}
}

func FuzzNetascii(f *testing.F) {
	f.Add("a\r\nb\r\x00\n", 1)
	f.Fuzz(func(t *testing.T, text string, cut int) {
		cut = max(0, min(cut, len(text)))
		wire := toNet(t, text[:cut], text[cut:])
		if got := fromNet(t, iotest.HalfReader(strings.NewReader(wire))); got != text {
			t.Errorf("%q became %q", text, got)
		}
		fromNet(t, strings.NewReader(text)) // whatever comes, it ends
	})
}
