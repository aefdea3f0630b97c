package archive

import (
	"encoding/binary"
	"time"
)

const (
	zipFile    = 0x04034b50
	zipFoot    = 0x08074b50
	zipEntry   = 0x02014b50
	zipEnd     = 0x06054b50
	zipEnd64   = 0x06064b50
	zipLocator = 0x07064b50

	flagUTF8 = 0x0800
	flagFoot = 0x0008 // the check sum follows the content

	version20 = 20
	version45 = 45 // zip64
	madeUnix  = 3 << 8

	most16 = 1<<16 - 1
	most32 = 1<<32 - 1
)

// zipLayout stores members as they are (APPNOTE 6.3.10). The check sum of a file follows its
// content, always, so that the layout does not depend on what happens to be known already.
type zipLayout struct{}

func (zipLayout) summed(m *member) bool { return m.size > 0 && m.body == nil }

func (z zipLayout) head(b []byte, m *member) []byte {
	le := binary.LittleEndian
	big := m.size >= most32
	flags, version := z.flags(m), uint16(version20)
	sum, size := uint32(0), uint32(0)
	if m.body != nil {
		sum, size = sumOf(m.body), uint32(m.size)
	}
	extra := timeExtra(m.mod)
	if big {
		version, size = version45, most32
		extra += 20
	}
	clock, day := dosTime(m.mod)
	b = le.AppendUint32(b, zipFile)
	b = le.AppendUint16(b, version)
	b = le.AppendUint16(b, flags)
	b = le.AppendUint16(b, 0) // stored
	b = le.AppendUint16(b, clock)
	b = le.AppendUint16(b, day)
	b = le.AppendUint32(b, sum)
	b = le.AppendUint32(b, size)
	b = le.AppendUint32(b, size)
	b = le.AppendUint16(b, uint16(len(m.name)))
	b = le.AppendUint16(b, uint16(extra))
	b = append(b, m.name...)
	if big {
		b = le.AppendUint16(b, 1)
		b = le.AppendUint16(b, 16)
		b = le.AppendUint64(b, uint64(m.size))
		b = le.AppendUint64(b, uint64(m.size))
	}
	return appendTime(b, m.mod)
}

func (z zipLayout) flags(m *member) uint16 {
	if z.summed(m) {
		return flagUTF8 | flagFoot
	}
	return flagUTF8
}

func (z zipLayout) foot(b []byte, m *member, sum uint32) []byte {
	if !z.summed(m) {
		return b
	}
	le := binary.LittleEndian
	b = le.AppendUint32(b, zipFoot)
	b = le.AppendUint32(b, sum)
	if m.size >= most32 {
		b = le.AppendUint64(b, uint64(m.size))
		return le.AppendUint64(b, uint64(m.size))
	}
	b = le.AppendUint32(b, uint32(m.size))
	return le.AppendUint32(b, uint32(m.size))
}

// tail is the central directory and its end.
func (z zipLayout) tail(p *Plan, sum func(*member) (uint32, error), piece func([]byte) error) error {
	var buf []byte
	start, length := int64(0), int64(0)
	for i := range p.members {
		m := &p.members[i]
		if i == len(p.members)-1 {
			start = m.off + int64(len(z.head(nil, m))) + m.size + int64(len(z.foot(nil, m, 0)))
		}
		crc := uint32(0)
		switch {
		case m.body != nil:
			crc = sumOf(m.body)
		case z.summed(m):
			var err error
			if crc, err = sum(m); err != nil {
				return err
			}
		}
		buf = z.entry(buf[:0], m, crc)
		length += int64(len(buf))
		if err := piece(buf); err != nil {
			return err
		}
	}
	return piece(zipEnding(buf[:0], len(p.members), start, length))
}

// entry is a member's line in the central directory.
func (z zipLayout) entry(b []byte, m *member, sum uint32) []byte {
	le := binary.LittleEndian
	var wide []byte // the fields that do not fit, in the order of the standard
	size, off, version := uint32(m.size), uint32(m.off), uint16(version20)
	if m.size >= most32 {
		size = most32
		wide = le.AppendUint64(le.AppendUint64(wide, uint64(m.size)), uint64(m.size))
	}
	if m.off >= most32 {
		off = most32
		wide = le.AppendUint64(wide, uint64(m.off))
	}
	extra := timeExtra(m.mod)
	if wide != nil {
		version = version45
		extra += 4 + len(wide)
	}
	clock, day := dosTime(m.mod)
	b = le.AppendUint32(b, zipEntry)
	b = le.AppendUint16(b, madeUnix|version)
	b = le.AppendUint16(b, version)
	b = le.AppendUint16(b, z.flags(m))
	b = le.AppendUint16(b, 0)
	b = le.AppendUint16(b, clock)
	b = le.AppendUint16(b, day)
	b = le.AppendUint32(b, sum)
	b = le.AppendUint32(b, size)
	b = le.AppendUint32(b, size)
	b = le.AppendUint16(b, uint16(len(m.name)))
	b = le.AppendUint16(b, uint16(extra))
	b = le.AppendUint16(b, 0) // comment
	b = le.AppendUint16(b, 0) // disk
	b = le.AppendUint16(b, 0) // internal attributes
	b = le.AppendUint32(b, mode(m))
	b = le.AppendUint32(b, off)
	b = append(b, m.name...)
	if wide != nil {
		b = le.AppendUint16(b, 1)
		b = le.AppendUint16(b, uint16(len(wide)))
		b = append(b, wide...)
	}
	return appendTime(b, m.mod)
}

// mode: rw-r--r-- and rwxr-xr-x, with the folder bit of DOS.
func mode(m *member) uint32 {
	if m.folder() {
		return 0o40755<<16 | 0x10
	}
	return 0o100644 << 16
}

func zipEnding(b []byte, count int, start, length int64) []byte {
	le := binary.LittleEndian
	if count >= most16 || start >= most32 || length >= most32 {
		at := start + length
		b = le.AppendUint32(b, zipEnd64)
		b = le.AppendUint64(b, 44) // what follows
		b = le.AppendUint16(b, madeUnix|version45)
		b = le.AppendUint16(b, version45)
		b = le.AppendUint32(b, 0)
		b = le.AppendUint32(b, 0)
		b = le.AppendUint64(b, uint64(count))
		b = le.AppendUint64(b, uint64(count))
		b = le.AppendUint64(b, uint64(length))
		b = le.AppendUint64(b, uint64(start))
		b = le.AppendUint32(b, zipLocator)
		b = le.AppendUint32(b, 0)
		b = le.AppendUint64(b, uint64(at))
		b = le.AppendUint32(b, 1)
	}
	b = le.AppendUint32(b, zipEnd)
	b = le.AppendUint16(b, 0)
	b = le.AppendUint16(b, 0)
	b = le.AppendUint16(b, uint16(min(count, most16)))
	b = le.AppendUint16(b, uint16(min(count, most16)))
	b = le.AppendUint32(b, uint32(min(length, most32)))
	b = le.AppendUint32(b, uint32(min(start, most32)))
	return le.AppendUint16(b, 0)
}

// timeExtra is the length of what appendTime writes: the extended timestamp, exact and in UTC.
func timeExtra(mod int64) int {
	if mod != int64(int32(mod)) {
		return 0
	}
	return 9
}

func appendTime(b []byte, mod int64) []byte {
	if timeExtra(mod) == 0 {
		return b
	}
	le := binary.LittleEndian
	b = le.AppendUint16(b, 0x5455)
	b = le.AppendUint16(b, 5)
	b = append(b, 1)
	return le.AppendUint32(b, uint32(mod))
}

// dosTime has no zone; UTC is as good as any and the same everywhere.
func dosTime(mod int64) (clock, day uint16) {
	t := time.Unix(mod, 0).UTC()
	if t.Year() < 1980 {
		return 0, 1<<5 | 1
	}
	if t.Year() > 2107 {
		t = time.Date(2107, 12, 31, 23, 59, 58, 0, time.UTC)
	}
	clock = uint16(t.Hour()<<11 | t.Minute()<<5 | t.Second()/2)
	day = uint16((t.Year()-1980)<<9 | int(t.Month())<<5 | t.Day())
	return clock, day
}
