package media

import (
	"bytes"
	"encoding/binary"
	"io"
)

// exif is what a camera wrote beside the picture: how to turn it, and often a small copy of it.
type exif struct {
	orientation int    // 1 to 8, as in the Exif standard; 1 is upright
	thumbnail   []byte // a JPEG, nil when there is none
}

const maxExif = 64 << 10 // one APP1 segment

// readExif looks for the APP1 segment in front of a JPEG's picture. Anything odd means "nothing
// known": the picture is then shown as it lies.
func readExif(src io.Reader) exif {
	none := exif{orientation: 1}
	var soi [2]byte
	if _, err := io.ReadFull(src, soi[:]); err != nil || soi != [2]byte{0xff, 0xd8} {
		return none
	}
	for range 16 { // segments before the picture
		var head [4]byte
		if _, err := io.ReadFull(src, head[:]); err != nil || head[0] != 0xff {
			return none
		}
		length := int(binary.BigEndian.Uint16(head[2:])) - 2
		if length < 0 || head[1] == 0xda {
			return none
		}
		if head[1] != 0xe1 {
			if _, err := io.CopyN(io.Discard, src, int64(length)); err != nil {
				return none
			}
			continue
		}
		body := make([]byte, min(length, maxExif))
		if _, err := io.ReadFull(src, body); err != nil {
			return none
		}
		if tiff, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok {
			return parseTIFF(tiff)
		}
	}
	return none
}

// parseTIFF reads orientation from the first directory and the thumbnail from the second.
func parseTIFF(b []byte) exif {
	out := exif{orientation: 1}
	if len(b) < 8 {
		return out
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(b[:2]) == "MM" {
		order = binary.BigEndian
	} else if string(b[:2]) != "II" {
		return out
	}
	first, next := directory(b, order, int64(order.Uint32(b[4:])))
	if o := first[0x0112]; o >= 1 && o <= 8 {
		out.orientation = int(o)
	}
	second, _ := directory(b, order, next)
	at, size := int64(second[0x0201]), int64(second[0x0202])
	if at > 0 && size > 4 && at+size <= int64(len(b)) {
		out.thumbnail = b[at : at+size]
	}
	return out
}

// directory returns the short and long values of one IFD and where the next one lies (0: none).
func directory(b []byte, order binary.ByteOrder, at int64) (map[uint16]uint32, int64) {
	if at < 8 || at+2 > int64(len(b)) {
		return nil, 0
	}
	count := int64(order.Uint16(b[at:]))
	values := make(map[uint16]uint32)
	at += 2
	for range min(count, 200) {
		if at+12 > int64(len(b)) {
			return values, 0
		}
		entry := b[at : at+12]
		switch order.Uint16(entry[2:]) {
		case 3: // SHORT
			values[order.Uint16(entry)] = uint32(order.Uint16(entry[8:]))
		case 4: // LONG
			values[order.Uint16(entry)] = order.Uint32(entry[8:])
		}
		at += 12
	}
	if at+4 > int64(len(b)) {
		return values, 0
	}
	return values, int64(order.Uint32(b[at:]))
}
