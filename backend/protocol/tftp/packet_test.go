package tftp

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParseRequest(t *testing.T) {
	for _, c := range []struct {
		packet string
		want   request
		err    error
	}{
		{"\x00\x01a.bin\x00octet\x00", request{name: "a.bin"}, nil},
		{"\x00\x02a.bin\x00OCTET\x00", request{write: true, name: "a.bin"}, nil},
		{"\x00\x01a\x00NetASCII\x00", request{name: "a", ascii: true}, nil},
		{"\x00\x01a\x00octet\x00BlkSize\x001024\x00x\x00\x00", request{name: "a", options: []option{{"blksize", "1024"}, {"x", ""}}}, nil},
		{"\x00\x01a\x00octet\x00blksize\x001024", request{name: "a"}, nil},
		{"\x00\x01a\x00octet\x00\x00\x00\x00\x00\x00\x00", request{name: "a"}, nil},
		{"\x00\x01a\x00mail\x00", request{}, errMode},
		{"\x00\x01a\x00\x00", request{}, errMode},
		{"\x00\x01\x00octet\x00", request{}, errPacket},
		{"\x00\x01a\x00octet", request{}, errPacket},
		{"\x00\x01a", request{}, errPacket},
		{"\x00\x03a\x00octet\x00", request{}, errPacket},
		{"\x01\x01a\x00octet\x00", request{}, errPacket},
		{"\x00", request{}, errPacket},
		{"", request{}, errPacket},
	} {
		got, err := parseRequest([]byte(c.packet))
		if err != c.err || err == nil && !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %+v, %v; want %+v, %v", c.packet, got, err, c.want, c.err)
		}
	}
}

func FuzzParseRequest(f *testing.F) {
	f.Add([]byte("\x00\x01a.bin\x00octet\x00blksize\x001024\x00"))
	f.Add([]byte("\x00\x02\\..\\a\x00netascii\x00tsize\x00-1\x00windowsize\x0099999999999999999999\x00"))
	f.Fuzz(func(t *testing.T, p []byte) {
		r, err := parseRequest(p)
		if err != nil {
			return
		}
		if r.name == "" || strings.Contains(r.name, "\x00") || len(r.options) > len(p) {
			t.Errorf("%q: %+v", p, r)
		}
		for _, size := range []int64{-1, 0, 1 << 40} {
			got := agree(r, 1468, size)
			if got.block < blockLeast || got.block > 1468 || got.window < 1 || got.window > windowMost || got.block*got.window > windowRoom ||
				got.wait > waitMost*time.Second || got.size < -1 || len(got.agreed) > len(r.options) {
				t.Errorf("%q: %+v", p, got)
			}
		}
		if name := treeName(r.name); !strings.HasPrefix(name, "/") || strings.Contains(name, `\`) {
			t.Errorf("%q: named %q", p, name)
		}
	})
}

func TestAgree(t *testing.T) {
	for _, c := range []struct {
		asked string // name value name value
		write bool
		ascii bool
		most  int
		want  string // block window wait size: answer
	}{
		{"", false, false, 1468, "512 1 0s -1:"},
		{"blksize 1024", false, false, 1468, "1024 1 0s -1: blksize=1024"},
		{"blksize 65464", false, false, 1468, "1468 1 0s -1: blksize=1468"},
		{"blksize 99999", false, false, 65504, "65464 1 0s -1: blksize=65464"},
		{"blksize 1024", false, false, 100, "512 1 0s -1: blksize=512"},
		{"blksize 8", false, false, 1468, "8 1 0s -1: blksize=8"},
		{"blksize 7", false, false, 1468, "512 1 0s -1:"},
		{"blksize x", false, false, 1468, "512 1 0s -1:"},
		{"blksize -1", false, false, 1468, "512 1 0s -1:"},
		{"windowsize 16", false, false, 1468, "512 16 0s -1: windowsize=16"},
		{"windowsize 65535 blksize 1468", false, false, 1468, "1468 64 0s -1: windowsize=64 blksize=1468"},
		{"windowsize 64 blksize 65464", false, false, 65504, "65464 2 0s -1: windowsize=2 blksize=65464"},
		{"windowsize 0", false, false, 1468, "512 1 0s -1:"},
		{"windowsize 65536", false, false, 1468, "512 1 0s -1:"},
		{"timeout 5 utimeout 7", false, false, 1468, "512 1 5s -1: timeout=5"},
		{"timeout 255", false, false, 1468, "512 1 0s -1:"},
		{"timeout 0", false, false, 1468, "512 1 0s -1:"},
		{"tsize 0", false, false, 1468, "512 1 0s -1: tsize=77"},
		{"tsize 0", false, true, 1468, "512 1 0s -1:"},
		{"tsize 1234", true, false, 1468, "512 1 0s 1234: tsize=1234"},
		{"tsize 0", true, false, 1468, "512 1 0s -1: tsize=0"},
		{"tsize 1234", true, true, 1468, "512 1 0s -1: tsize=1234"},
		{"tsize 99999999999999999999", true, false, 1468, "512 1 0s -1:"},
		{"blksize 16 blksize 1024", false, false, 1468, "16 1 0s -1: blksize=16"},
		{"tsize 0", false, false, 0, "512 1 0s -1:"},
		{"tsize 0 blksize 1024", false, false, 1468, "1024 1 0s -1: tsize=77 blksize=1024"},
	} {
		r := request{write: c.write, ascii: c.ascii}
		words := strings.Fields(c.asked)
		for i := 0; i+1 < len(words); i += 2 {
			r.options = append(r.options, option{words[i], words[i+1]})
		}
		size := int64(77)
		if c.ascii {
			size = -1
		} else if c.most == 0 {
			size = 0
		}
		got := agree(r, c.most, size)
		text := fmt.Sprintf("%d %d %v %d:", got.block, got.window, got.wait, got.size)
		for _, o := range got.agreed {
			text += " " + o.name + "=" + o.value
		}
		if text != c.want {
			t.Errorf("%s: %s, want %s", c.asked, text, c.want)
		}
	}
}

func TestPlain(t *testing.T) {
	got := plain("“" + strings.Repeat("ü", 400) + "” does not exist.")
	if len(got) > 480 || !strings.HasPrefix(got, `"ü`) || strings.ToValidUTF8(got, "?") != got {
		t.Errorf("%d octets: %q", len(got), got)
	}
	if p := errorPacket(undefined, "a\x00b"); !bytes.Equal(p, []byte("\x00\x05\x00\x00ab\x00")) {
		t.Errorf("%q", p)
	}
}

func TestRefusal(t *testing.T) {
	c, text := refusal(errors.New("/home/ann/.secret: input/output error"))
	if c != undefined || strings.Contains(text, "/home") {
		t.Errorf("%d %q", c, text)
	}
}
