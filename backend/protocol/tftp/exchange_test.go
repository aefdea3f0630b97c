package tftp

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"portico/backend/protocol/protocoltest"
)

// content is different everywhere, so that no block can stand for another.
func content(n int) []byte {
	p := make([]byte, n)
	r := rand.New(rand.NewPCG(7, uint64(n)))
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return p
}

// lossy says of each packet whether it is lost, alike in every run.
type lossy struct {
	r     *rand.Rand
	share float64
}

func (l lossy) lost() bool { return l.share > 0 && l.r.Float64() < l.share }

// fetch is a whole client: it fetches a file while packets are lost both ways.
func (w *wire) fetch(name string, block, window int, l lossy) []byte {
	w.t.Helper()
	var out []byte
	ask := func() { w.ask(opRead, name, "octet", "blksize", block, "windowsize", window) }
	ask()
	got, told, begun := 0, 0, false
	for quiet := 0; quiet < 200; {
		p := w.read(20 * time.Millisecond)
		if p == nil {
			quiet++
			if begun {
				told = got
				w.ack(got)
			}
			continue
		}
		if l.lost() {
			continue
		}
		quiet = 0
		switch what := show(p); {
		case p[1] == opOptions:
			begun = true
			if !l.lost() {
				w.ack(0)
			}
		case p[1] == opData && p[2] == byte((got+1)>>8) && p[3] == byte(got+1):
			got, begun = got+1, true
			out = append(out, p[head:]...)
			last := len(p) < head+block
			if last || got-told >= window {
				told = got
				if !l.lost() || last {
					w.ack(got)
				}
			}
			if last {
				return out
			}
		case p[1] == opError:
			w.t.Fatalf("%s: %s: %q", name, what, p)
		}
	}
	w.t.Fatalf("%s: nothing comes after %d blocks", name, got)
	return nil
}

// store is a whole client: it sends a file while packets are lost both ways.
func (w *wire) store(name string, data []byte, block, window int, l lossy) {
	w.t.Helper()
	w.ask(opWrite, name, "octet", "blksize", block, "windowsize", window)
	blocks := len(data)/block + 1
	acked := -1
	send := func() {
		for n := max(acked, 0) + 1; n <= min(max(acked, 0)+window, blocks) && acked >= 0; n++ {
			if !l.lost() {
				w.data(n, data[(n-1)*block:min(len(data), n*block)])
			}
		}
	}
	for quiet := 0; quiet < 200; {
		p := w.read(20 * time.Millisecond)
		if p == nil {
			quiet++
			send()
			continue
		}
		if l.lost() {
			continue
		}
		switch what := show(p); {
		case p[1] == opOptions && acked < 0:
			acked = 0
		case p[1] == opAck:
			n := acked + int(int16(uint16(p[2])<<8|uint16(p[3])-uint16(acked)))
			if n <= acked {
				continue
			}
			acked, quiet = n, 0
			if acked == blocks {
				return
			}
		case p[1] == opError:
			w.t.Fatalf("%s: %s: %q", name, what, p)
		default:
			continue
		}
		send()
	}
	w.t.Fatalf("%s: nothing is acknowledged after %d blocks", name, acked)
}

// TestLoss: what arrives is right whatever the network loses, with and without windows.
func TestLoss(t *testing.T) {
	h := protocoltest.NewHouse(t)
	// Long enough that whoever lost the last acknowledgement can ask for it again until it comes.
	d := open(t, h, Options{Names: everybody(protocoltest.Alice), Write: Replace, Wait: 50 * time.Millisecond})
	data := content(50_000)
	h.Lay("/files/down", data)
	for _, window := range []int{1, 2, 7, 64} {
		for _, share := range []float64{0, 0.02, 0.2} {
			t.Run(fmt.Sprintf("window %d, lost %v", window, share), func(t *testing.T) {
				l := lossy{rand.New(rand.NewPCG(uint64(window), uint64(share*100))), share}
				if got := dial(t, d).fetch("files/down", 512, window, l); !bytes.Equal(got, data) {
					t.Errorf("%d octets came, want %d", len(got), len(data))
				}
				name := fmt.Sprintf("/files/up %d %v", window, share)
				dial(t, d).store(name, data, 512, window, l)
				if got := h.OnDisk(name); !bytes.Equal(got, data) {
					t.Errorf("%d octets are on the disk, want %d", len(got), len(data))
				}
			})
		}
	}
}

// TestNumbersBeginAnew: more blocks than have numbers, both ways.
func TestNumbersBeginAnew(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := open(t, h, Options{Names: everybody(protocoltest.Alice), Wait: soon})
	data := content(8*70_000 + 3)
	h.Lay("/files/down", data)
	if got := dial(t, d).fetch("files/down", 8, 64, lossy{}); !bytes.Equal(got, data) {
		t.Errorf("%d octets came, want %d", len(got), len(data))
	}
	dial(t, d).store("files/up", data, 8, 64, lossy{})
	if got := h.OnDisk("/files/up"); !bytes.Equal(got, data) {
		t.Errorf("%d octets are on the disk, want %d", len(got), len(data))
	}
}

// TestPlainDownload: without options as in 1980, and a file that fills its last block is followed by
// an empty one.
func TestPlainDownload(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := open(t, h, Options{})
	data := content(1024)
	h.Lay("/files/a", data)
	w := dial(t, d)
	w.ask(opRead, "/files/a", "octet")
	for n, want := range [][]byte{data[:512], data[512:], nil} {
		if got := w.want(fmt.Sprintf("data %d", n+1)); !bytes.Equal(got, want) {
			t.Fatalf("block %d: %d octets", n+1, len(got))
		}
		w.ack(n + 1)
	}
	w.none(200 * time.Millisecond)
}

// TestSorcerersApprentice: an acknowledgement that comes twice sends nothing twice.
func TestSorcerersApprentice(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := open(t, h, Options{})
	h.Lay("/files/a", content(5000))
	w := dial(t, d)
	w.ask(opRead, "files/a", "octet")
	w.want("data 1")
	w.ack(1)
	w.want("data 2")
	w.ack(1)
	w.ack(1)
	w.ack(0)
	w.ack(77)
	w.none(100 * time.Millisecond)
	w.ack(2)
	w.want("data 3")
}

// TestWindowIsSentAgainOnce: the first block of a window is asked for by acknowledging the one before;
// doing so often does not multiply what is sent.
func TestWindowIsSentAgainOnce(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := open(t, h, Options{})
	h.Lay("/files/a", content(50_000))
	w := dial(t, d)
	w.ask(opRead, "files/a", "octet", "windowsize", 3)
	w.want("options windowsize 3")
	w.ack(0)
	for range 2 {
		for n := range 3 {
			w.want(fmt.Sprintf("data %d", n+1))
		}
		w.ack(0)
	}
	w.ack(0)
	w.none(100 * time.Millisecond)
	w.ack(2) // the third was lost: it is sent again, and two new ones
	w.want("data 3")
	w.want("data 4")
	w.want("data 5")
}

// TestSilence: a client that says nothing is asked a few times, and then forgotten.
func TestSilence(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := open(t, h, Options{Names: everybody(protocoltest.Alice), Wait: soon})
	h.Lay("/files/a", content(5000))
	w := dial(t, d)
	w.ask(opRead, "files/a", "octet")
	for range tries {
		w.want("data 1")
	}
	w.none(300 * time.Millisecond)
	w.ask(opWrite, "files/b", "octet")
	w.want("ack 0")
	w.data(1, content(512))
	w.until("ack 1")
	for range tries - 1 {
		w.want("ack 1")
	}
	w.none(300 * time.Millisecond)
	idle(t, d)
	if h.OnDisk("/files/b") != nil || len(h.Tree.Transfers()) > 0 {
		t.Error("half a file stayed")
	}
}

// idle waits until no transfer runs.
func idle(t *testing.T, d *Door) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(long); len(d.Connected()) > 0; <-tick.C {
		if time.Now().After(end) {
			t.Fatal("a transfer does not end")
		}
	}
}

// TestUpload: the last block is acknowledged when the file is there, and again when that was lost.
func TestUpload(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := open(t, h, Options{Names: everybody(protocoltest.Alice)})
	data := content(700)
	w := dial(t, d)
	w.ask(opWrite, "files/deep/down/a", "octet", "tsize", 700, "blksize", 512, "multicast", "")
	w.want("options tsize 700 blksize 512")
	w.data(1, data[:512])
	w.want("ack 1")
	w.data(1, data[:512])
	w.want("ack 1") // once more: it was lost
	w.data(3, nil)
	w.want("ack 1") // the second is missing
	if h.OnDisk("/files/deep/down/a") != nil {
		t.Error("it is there before its end")
	}
	w.data(2, data[512:])
	w.want("ack 2")
	if got := h.OnDisk("/files/deep/down/a"); !bytes.Equal(got, data) {
		t.Errorf("%d octets are on the disk when the last block is acknowledged", len(got))
	}
	w.data(2, data[512:])
	w.want("ack 2")
	w.data(2, []byte("and other words"))
	w.want("ack 2")
	if got := h.OnDisk("/files/deep/down/a"); !bytes.Equal(got, data) {
		t.Error("it was changed afterwards")
	}
}

// TestAnnouncedSize: what ends before or goes beyond the size that was announced is refused.
func TestAnnouncedSize(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := open(t, h, Options{Names: everybody(protocoltest.Alice)})
	for _, size := range []int{10, 3} {
		w := dial(t, d)
		w.ask(opWrite, "files/a", "octet", "tsize", size)
		w.want(fmt.Sprintf("options tsize %d", size))
		w.data(1, []byte("words"))
		w.want("error 0")
	}
	if h.OnDisk("/files/a") != nil {
		t.Error("it was kept")
	}
}

// TestText: netascii both ways, with line ends on the edges of blocks.
func TestText(t *testing.T) {
	h := protocoltest.NewHouse(t)
	d := open(t, h, Options{Names: everybody(protocoltest.Alice)})
	text := append(bytes.Repeat([]byte("x"), 511), "\nnext\rline\n"...)
	h.Lay("/files/a", text)
	w := dial(t, d)
	w.ask(opRead, "files/a", "netascii", "tsize", 0)
	one := bytes.Clone(w.want("data 1"))
	w.ack(1)
	two := w.want("data 2")
	w.ack(2)
	if one[511] != '\r' || string(two) != "\nnext\r\x00line\r\n" {
		t.Errorf("%q and %q", one[505:], two)
	}
	up := dial(t, d)
	up.ask(opWrite, "files/b", "netascii")
	up.want("ack 0")
	up.data(1, one)
	up.want("ack 1")
	up.data(2, two)
	up.want("ack 2")
	if got := h.OnDisk("/files/b"); !bytes.Equal(got, text) {
		t.Errorf("%q", got)
	}
}
