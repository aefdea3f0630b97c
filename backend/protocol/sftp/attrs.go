package sftp

import (
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"

	"portico/backend/access"
	"portico/backend/vfs"
)

// Which attributes a packet holds (section 5 of the draft).
const (
	hasSize     = 1 << 0
	hasOwner    = 1 << 1
	hasMode     = 1 << 2
	hasTimes    = 1 << 3
	hasExtended = 1 << 31
)

// Kinds of files in a mode, as Unix has them.
const (
	modeFolder = 0o040000
	modeFile   = 0o100000
	modeLink   = 0o120000
	modePipe   = 0o010000
)

// owner is whom all entries belong to: one and the same, so that clients that compare owners take
// everything for the user's own and look at the mode, which says what this user may do.
const owner = 1000

// attrs are those that a client sets. Owners and modes are read over: they are not kept.
type attrs struct {
	has   uint32
	size  int64
	mtime time.Time
}

func (p *packet) attrs() attrs {
	a := attrs{has: p.uint32()}
	if a.has&hasSize != 0 {
		a.size = p.offset()
	}
	if a.has&hasOwner != 0 {
		p.take(8)
	}
	if a.has&hasMode != 0 {
		p.take(4)
	}
	if a.has&hasTimes != 0 {
		p.take(4) // of the last look: not kept
		a.mtime = time.Unix(int64(p.uint32()), 0)
	}
	if a.has&hasExtended != 0 {
		for n := p.uint32(); n > 0 && !p.bad; n-- {
			p.bytes()
			p.bytes()
		}
	}
	return a
}

// attrs writes what is known of an entry.
func (r *reply) attrs(e *vfs.Entry) {
	r.uint32(hasSize | hasOwner | hasMode | hasTimes)
	r.uint64(uint64(e.Size))
	r.uint32(owner)
	r.uint32(owner)
	r.uint32(mode(e))
	at := seconds(e.ModTime)
	r.uint32(at)
	r.uint32(at)
}

// mode says what an entry is, and what this identity may do with it.
func mode(e *vfs.Entry) uint32 {
	var m uint32
	switch e.Kind {
	case vfs.KindFolder:
		m = modeFolder | 0o555
	case vfs.KindLink:
		return modeLink | 0o777
	case vfs.KindFile:
		m = modeFile | 0o444
	default:
		m = modePipe | 0o444
	}
	if e.Rights.Has(access.Write) {
		m |= 0o200
	}
	return m
}

// seconds is a time as the wire has it: 32 bits without a sign, until 2106.
func seconds(t time.Time) uint32 {
	return uint32(min(max(t.Unix(), 0), math.MaxUint32))
}

// long is the line that `ls -l` would show; clients show it as it is.
func long(e *vfs.Entry, now time.Time) string {
	kind := byte('-')
	switch e.Kind {
	case vfs.KindFolder:
		kind = 'd'
	case vfs.KindLink:
		kind = 'l'
	case vfs.KindOther:
		kind = 'p'
	}
	rights, bits := []byte("rwxrwxrwx"), mode(e)
	for i := range rights {
		if bits&(1<<(8-i)) == 0 {
			rights[i] = '-'
		}
	}
	at := e.ModTime.Format("Jan _2 15:04")
	if age := now.Sub(e.ModTime); age > 180*24*time.Hour || age < -time.Hour {
		at = e.ModTime.Format("Jan _2  2006")
	}
	return fmt.Sprintf("%c%s    1 %-8s %-8s %12d %s %s", kind, rights, "portico", "portico", e.Size, at, strings.Map(shown, e.Name))
}

// shown keeps what would move a terminal's cursor out of a line.
func shown(c rune) rune {
	if unicode.IsControl(c) {
		return '?'
	}
	return c
}
