package tftp

import (
	"strconv"
	"time"
)

const (
	blockStandard = 512   // without an option
	blockLeast    = 8     // RFC 2348
	blockMost     = 65464 // RFC 2348
	windowMost    = 64
	// windowRoom bounds the octets of one window: they are held until they are acknowledged, and a
	// receiver's socket has to have room for them.
	windowRoom = 128 << 10
	waitMost   = 30 // seconds; RFC 2349 allows 255, for which nobody keeps a place here
)

// terms are what both sides of a transfer agreed on.
type terms struct {
	block  int           // octets of data in a packet
	window int           // packets in a row before one is acknowledged
	wait   time.Duration // before something is sent again; 0: as the door does
	size   int64         // upload: announced octets, -1 unknown
	agreed []option      // the answer, in the order of the request; nil: no option was agreed to
}

// agree settles the options of a request. most is the longest block that the way to the client takes
// in one piece; size is that of the file that is fetched, -1 unknown. Options that are not known, or
// make no sense, are left out of the answer, as RFC 2347 has it.
func agree(r request, most int, size int64) terms {
	t := terms{block: blockStandard, window: 1, size: -1}
	for _, o := range r.options {
		n, err := strconv.ParseInt(o.value, 10, 64)
		if err != nil || n < 0 || t.has(o.name) {
			continue
		}
		switch {
		case o.name == "blksize" && n >= blockLeast:
			t.block = int(min(n, int64(max(min(most, blockMost), blockStandard))))
			t.agree(o.name, int64(t.block))
		case o.name == "windowsize" && n >= 1 && n <= 65535:
			t.window = int(min(n, windowMost))
			t.agree(o.name, int64(t.window))
		case o.name == "timeout" && n >= 1 && n <= waitMost:
			t.wait = time.Duration(n) * time.Second
			t.agree(o.name, n)
		case o.name == "tsize" && r.write:
			// Clients that do not know it yet send 0. In netascii the file becomes shorter.
			if n > 0 && !r.ascii {
				t.size = n
			}
			t.agree(o.name, n)
		case o.name == "tsize" && size > 0: // curl takes 0 for nonsense and gives up
			t.agree(o.name, size)
		}
	}
	t.fit()
	return t
}

// fit makes the window small enough for its blocks.
func (t *terms) fit() {
	t.window = max(1, min(t.window, windowRoom/t.block))
	for i := range t.agreed {
		if t.agreed[i].name == "windowsize" {
			t.agreed[i].value = strconv.Itoa(t.window)
		}
	}
}

func (t *terms) agree(name string, n int64) {
	t.agreed = append(t.agreed, option{name, strconv.FormatInt(n, 10)})
}

// has reports whether an option was agreed to before: each may be asked for once.
func (t *terms) has(name string) bool {
	for _, o := range t.agreed {
		if o.name == name {
			return true
		}
	}
	return false
}
