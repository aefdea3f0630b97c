package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"io"
)

// What decoders really take is counted from the file's own head: the coefficients of a progressive
// JPEG take many times the room of its pixels.

var errNoFrame = errors.New("no frame")

// jpegCost is how many bytes decoding a JPEG takes at most.
func jpegCost(src io.Reader, _ image.Config) (int64, error) {
	in := bufio.NewReader(src)
	if _, err := in.Discard(2); err != nil {
		return 0, err
	}
	for {
		marker, length, err := nextSegment(in)
		if err != nil {
			return 0, err
		}
		if marker < 0xc0 || marker > 0xc2 {
			if _, err := in.Discard(length); err != nil {
				return 0, err
			}
			continue
		}
		frame := make([]byte, length)
		if _, err := io.ReadFull(in, frame); err != nil {
			return 0, err
		}
		return frameCost(frame, marker == 0xc2)
	}
}

// nextSegment finds the next marker that has a segment, as the decoder does.
func nextSegment(in *bufio.Reader) (marker byte, length int, err error) {
	for marker == 0 || marker == 0xff || marker >= 0xd0 && marker <= 0xd7 {
		last := marker
		if marker, err = in.ReadByte(); err != nil {
			return 0, 0, err
		}
		if last != 0xff && marker != 0xff {
			marker = 0 // not behind a marker's first byte: the decoder skips it
		}
	}
	if marker == 0xd9 || marker == 0xda {
		return 0, 0, errNoFrame
	}
	var head [2]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		return 0, 0, err
	}
	if length = int(binary.BigEndian.Uint16(head[:])) - 2; length < 0 {
		return 0, 0, errNoFrame
	}
	return marker, length, nil
}

// frameCost counts the planes, the coefficients that a progressive picture keeps of them, and the
// copy that pictures of unusual colours need.
func frameCost(frame []byte, progressive bool) (int64, error) {
	if len(frame) < 6 || len(frame) < 6+3*int(frame[5]) {
		return 0, errNoFrame
	}
	h, w := int64(binary.BigEndian.Uint16(frame[1:])), int64(binary.BigEndian.Uint16(frame[3:]))
	var most [2]int64 // of the sampling factors
	var sum int64
	for i := range int(frame[5]) {
		x, y := int64(frame[7+3*i]>>4), int64(frame[7+3*i]&15)
		most[0], most[1] = max(most[0], x), max(most[1], y)
		sum += x * y
	}
	if most[0] == 0 || most[1] == 0 {
		return 0, errNoFrame
	}
	blocks := ceil(w, 8*most[0]) * ceil(h, 8*most[1]) * sum
	cost := blocks * 64
	if progressive {
		cost += blocks * 64 * 4
	}
	if frame[5] >= 3 {
		cost += 4 * w * h
	}
	return cost, nil
}

func ceil(n, by int64) int64 { return (n + by - 1) / by }

// pngCost: eight bytes for each pixel of 16 bits, else four; interlaced pictures are put together from
// parts.
func pngCost(src io.Reader, c image.Config) (int64, error) {
	head := make([]byte, 29)
	if _, err := io.ReadFull(src, head); err != nil {
		return 0, err
	}
	cost := int64(c.Width) * int64(c.Height) * 4
	switch c.ColorModel {
	case color.Gray16Model, color.RGBA64Model, color.NRGBA64Model:
		cost *= 2
	}
	if head[28] != 0 {
		cost *= 2
	}
	return cost, nil
}

// gifCost: the first picture, and once more while it is put in order.
func gifCost(_ io.Reader, c image.Config) (int64, error) {
	return int64(c.Width) * int64(c.Height) * 2, nil
}

// webpCost: the frame may be larger than the canvas that the head speaks of.
func webpCost(src io.Reader, c image.Config) (int64, error) {
	pixels := int64(c.Width) * int64(c.Height)
	in := bufio.NewReader(src)
	if _, err := in.Discard(12); err != nil {
		return 0, err
	}
	for {
		var head [8]byte
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return 0, err
		}
		switch kind := string(head[:4]); kind {
		case "VP8 ", "VP8L":
			frame, err := in.Peek(10)
			if err != nil {
				return 0, err
			}
			w, h := int64(binary.LittleEndian.Uint16(frame[6:])&0x3fff), int64(binary.LittleEndian.Uint16(frame[8:])&0x3fff)
			if kind == "VP8L" {
				bits := binary.LittleEndian.Uint32(frame[1:])
				w, h = int64(bits&0x3fff)+1, int64(bits>>14&0x3fff)+1
			}
			return max(pixels, w*h) * 8, nil
		}
		length := int64(binary.LittleEndian.Uint32(head[4:]))
		if _, err := io.CopyN(io.Discard, in, length+length&1); err != nil {
			return 0, err
		}
	}
}
