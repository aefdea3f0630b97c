package ftp

import (
	"bytes"
	"errors"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestReader(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"NOOP\r\nPWD\n", "NOOP|PWD|"},
		{"\xff\xf4\xff\xf2ABOR\r\n", "ABOR|"},             // IP and Synch in the stream
		{"\xff\xf4\xffABOR\r\n", "ABOR|"},                 // its mark came beside the stream
		{"\xff\xfb\x06\xff\xfd\x01USER a\r\n", "USER a|"}, // options
		{"STOR a\xff\xffb\r\n", "STOR a\xffb|"},           // a byte 255 in a name
		{"STOR a\r\x00b\r\n", "STOR a\rb|"},
		{strings.Repeat("x", longest) + "\r\nNOOP\r\n", "(long)|NOOP|"},
		{strings.Repeat("x", 10*longest) + "\nNOOP\nPW", "(long)|NOOP|"},
		{"\r\n\n \r\n", "|| |"},
	} {
		var got strings.Builder
		for r := newReader(strings.NewReader(c.in)); ; {
			line, err := r.next()
			if errors.Is(err, errLong) {
				line, err = "(long)", nil
			}
			if err != nil {
				break
			}
			got.WriteString(line + "|")
		}
		if got.String() != c.want {
			t.Errorf("%.40q: %q, want %q", c.in, got.String(), c.want)
		}
	}
}

func TestParsePort(t *testing.T) {
	for arg, want := range map[string]string{
		"127,0,0,1,7,208": "127.0.0.1:2000", " 10,0,0,1,0,21 ": "10.0.0.1:21", "10, 0, 0, 1, 4, 0": "10.0.0.1:1024",
		"": "", "1,2,3,4,5": "", "1,2,3,4,5,6,7": "", "256,0,0,1,1,1": "", "-1,0,0,1,1,1": "", "a,b,c,d,e,f": "", "1,2,3,4,5,0x10": "",
	} {
		if at, ok := parsePort(arg); ok != (want != "") || ok && at.String() != want {
			t.Errorf("%q: %v, %v; want %q", arg, at, ok, want)
		}
	}
}

func TestParseExtended(t *testing.T) {
	for arg, want := range map[string]string{
		"|1|127.0.0.1|2000|": "127.0.0.1:2000", "|2|::1|2000|": "[::1]:2000", "!1!10.0.0.1!5!": "10.0.0.1:5",
		"|3|x|1|": "family", "": "", "|1|127.0.0.1|2000": "", "|1|::1|2000|": "", "|2|127.0.0.1|2000|": "", "|1|127.0.0.1|70000|": "",
		"|2|fe80::1%eth0|1|": "", "|1|name|1|": "", " |1|127.0.0.1|1|": "127.0.0.1:1", "\x011\x01127.0.0.1\x011\x01": "",
	} {
		at, known, ok := parseExtended(arg)
		got := ""
		switch {
		case ok && !known:
			got = "family"
		case ok:
			got = at.String()
		}
		if got != want {
			t.Errorf("%q: %q, want %q", arg, got, want)
		}
	}
}

func TestParseTime(t *testing.T) {
	at := time.Date(2024, 2, 29, 13, 14, 15, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"20240229131415": at, "20240229131415.5": at.Add(500 * time.Millisecond), "202402291314": at.Add(-15 * time.Second),
		"": {}, "2024": {}, "20240230131415": {}, "20240229131415.x": {}, "20240229131415.1234567890": {}, "file.txt": {},
	} {
		if got, ok := parseTime(text); ok == want.IsZero() || !got.Equal(want) {
			t.Errorf("%q: %v, %v", text, got, ok)
		}
	}
	if stamp(at) != "20240229131415" {
		t.Error(stamp(at))
	}
}

// FuzzReader: whatever comes, lines are bounded and hold no end of line.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{"NOOP\r\n", "\xff\xf4\xff\xf2ABOR\r\n", "\xff", "a\xff\xfb", "\r\x00\n", strings.Repeat("y", longest+1)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		r := newReader(bytes.NewReader(in))
		for lines := 0; ; lines++ {
			line, err := r.next()
			if err == io.EOF {
				return
			}
			if err != nil && err != errLong {
				t.Fatal(err)
			}
			if len(line) > longest || strings.Contains(line, "\n") || lines > len(in) {
				t.Fatalf("%d: %q", lines, line)
			}
			verb, arg := split(line)
			if strings.Contains(verb, " ") || len(arg) > len(line) {
				t.Fatalf("%q is %q and %q", line, verb, arg)
			}
		}
	})
}

// FuzzAddress: what is taken for an address is one, and says the same again.
func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"127,0,0,1,7,208", "|1|127.0.0.1|2000|", "|2|::ffff:1.2.3.4|1|", "||||", "1,,,,,"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, arg string) {
		if at, ok := parsePort(arg); ok && (!at.IsValid() || !at.Addr().Is4()) {
			t.Errorf("%q: %v", arg, at)
		}
		if at, known, ok := parseExtended(arg); ok && known && (!at.IsValid() || at.Addr().Zone() != "") {
			t.Errorf("%q: %v", arg, at)
		}
		if at, ok := parseTime(arg); ok && at.IsZero() && arg != "00010101000000" && !strings.HasPrefix(arg, "0001") {
			t.Errorf("%q: %v", arg, at)
		}
		if _, ok := parsePort(arg); ok {
			if _, err := netip.ParseAddr(arg); err == nil {
				t.Errorf("%q is both", arg)
			}
		}
	})
}
