package sftp

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// duplex is a client that has said everything already.
type duplex struct {
	io.Reader
	out bytes.Buffer
}

func (d *duplex) Write(p []byte) (int, error) { return d.out.Write(p) }

// framed puts packets one after another, each behind its length.
func framed(packets ...[]byte) []byte {
	var out []byte
	for _, p := range packets {
		out = append(binary.BigEndian.AppendUint32(out, uint32(len(p))), p...)
	}
	return out
}

func request(kind byte, rest ...any) []byte {
	p := []byte{kind, 0, 0, 0, 1}
	for _, v := range rest {
		switch v := v.(type) {
		case string:
			p = append(binary.BigEndian.AppendUint32(p, uint32(len(v))), v...)
		case int:
			p = binary.BigEndian.AppendUint32(p, uint32(v))
		}
	}
	return p
}

// FuzzConverse: whatever comes, each packet is answered once or ends the conversation, every answer is a
// packet, and nothing stays open.
func FuzzConverse(f *testing.F) {
	hello := []byte{typeInit, 0, 0, 0, 3}
	f.Add(framed(hello))
	f.Add(framed(hello, request(typeOpen, "/files/a", openRead, 0), request(typeRead, "\x00\x00\x00\x01", 0, 0, 100), request(typeClose, "\x00\x00\x00\x01")))
	f.Add(framed(hello, request(typeOpen, "b", openWrite|openCreate|openTrunc, 0), request(typeWrite, "\x00\x00\x00\x01", 0, 5, "text"), request(typeClose, "\x00\x00\x00\x01")))
	f.Add(framed(hello, request(typeOpendir, "/files"), request(typeReaddir, "\x00\x00\x00\x01"), request(typeRealpath, "../..")))
	f.Add(framed(hello, request(typeExtended, "copy-data", "\x00\x00\x00\x01", 0, 0, 0, 0, "\x00\x00\x00\x02", 0, 0)))
	f.Add(framed(hello, request(typeSetstat, "/files/a", -1, -1, -1)))
	h := protocoltest.NewHouse(f)
	h.Lay("/files/a", []byte("content"))
	large := &pool{}
	f.Fuzz(func(t *testing.T, in []byte) {
		s := h.Tree.Session(context.Background(), vfstest.Owner(), vfs.Origin{Door: doorName, Committed: true})
		defer s.Close()
		d := &duplex{Reader: bytes.NewReader(in)}
		open := 0
		c := &talk{ch: d, log: slog.New(slog.DiscardHandler), s: s, start: "/files", large: large, busy: func(n int) { open += n }, asked: func() {}}
		// It ends as it may.
		_ = c.converse()
		if open != 0 || len(h.Tree.Transfers()) != 0 {
			t.Errorf("%d left open: %v", open, h.Tree.Transfers())
		}
		buf := make([]byte, 4+mostPacket)
		for {
			b, err := read(&d.out, buf, nil)
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatalf("answered with what is no packet: %v", err)
			}
			if _, err := parse(b); err != nil {
				t.Fatalf("answered with %q: %v", b, err)
			}
		}
	})
}

// FuzzOrder: what is taken for an order of scp is one of its two forms, with names and nothing for a shell.
func FuzzOrder(f *testing.F) {
	for _, line := range []string{"scp -t /files", "scp -r -p -f 'a b' c", "scp -rpt -- -x", `scp -f "a\"b" \ c`, "scp -f $(id)", "scp -f a;id", "scp", "scp -S x -t y"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		o, err := parseOrder(line)
		if err != nil {
			return
		}
		if len(o.names) == 0 || o.send && len(o.names) != 1 || !strings.HasPrefix(strings.TrimLeft(line, " \t'\"\\"), "s") || strings.ContainsAny(line, "\n\x00") {
			t.Errorf("%q: %+v", line, o)
		}
	})
}

// FuzzItem: a name that scp sends is one step down.
func FuzzItem(f *testing.F) {
	for _, line := range []string{"C0644 10 a", "D0755 0 dir", "C0644 10 ../a", "C0644 -1 a", "C9 1 a", "D0755 0 ..", "C0644 99999999999999999999 a"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if line == "" {
			return
		}
		it, err := readItem(line)
		if err == nil && (it.name == "" || it.name == "." || it.name == ".." || strings.Contains(it.name, "/") || it.size < 0) {
			t.Errorf("%q: %+v", line, it)
		}
	})
}
