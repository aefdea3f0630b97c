package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/jpeg"
	"image/png"
	"runtime"
	"testing"
)

// progressive is a JPEG of w × h grey pixels with three full planes, in one scan.
func progressive(w, h int, frame byte) []byte {
	segment := func(marker byte, body ...byte) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2)), body...)
	}
	out := []byte{0xff, 0xd8}
	out = append(out, segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)...)
	size := binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16([]byte{8}, uint16(h)), uint16(w))
	out = append(out, segment(frame, append(size, 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0)...)...)
	out = append(out, segment(0xc4, append([]byte{0, 1}, make([]byte, 16)...)...)...)
	out = append(out, segment(0xda, 3, 1, 0, 2, 0, 3, 0, 0, 0, 0)...)
	out = append(out, make([]byte, ((w+7)/8*((h+7)/8)*3+7)/8)...)
	return append(out, 0xff, 0xd9)
}

// interlaced is a PNG's head that says so.
func interlaced(t *testing.T, w, h int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewNRGBA(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	data[28] = 1
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

// TestCost: what is counted is at least what the decoder takes, and not many times that.
func TestCost(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		cost int64
	}{
		"progressive": {progressive(1024, 1024, 0xc2), 1024 * 1024 * (15 + 4)},
		"interlaced":  {interlaced(t, 64, 64), 64 * 64 * 8},
		"4:2:0":       {asJPEG(t, corner(1024, 512)), 1024 * 512 * 11 / 2},
	} {
		m, err := measure(bytes.NewReader(c.data))
		if err != nil || m.cost != c.cost {
			t.Errorf("%s: %d bytes, want %d (%v)", name, m.cost, c.cost, err)
		}
	}
	data := progressive(2048, 2048, 0xc2)
	m, err := measure(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if took := int64(after.TotalAlloc - before.TotalAlloc); took > m.cost+1<<20 || m.cost > 2*took {
		t.Errorf("%d bytes were counted, %d taken", m.cost, took)
	}
}

// TestSmallFileOfGreatCost: few bytes that would take two gigabytes.
func TestSmallFileOfGreatCost(t *testing.T) {
	if _, err := thumb(t, progressive(8191, 8191, 0xc2), 160); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	// A canvas of one pixel around a frame of 16383 × 16383.
	hostile := []byte("RIFF\x00\x01\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00")
	hostile = append(hostile, "VP8 \x80\x00\x00\x00\x10\x00\x00\x9d\x01\x2a\xff\x3f\xff\x3f"...)
	if _, err := thumb(t, append(hostile, make([]byte, 128)...), 160); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
}

// TestBudget: all together take no more than there is, and whoever gives up holds up nobody.
func TestBudget(t *testing.T) {
	b := &budget{free: 10}
	if err := b.take(t.Context(), 8); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.take(ctx, 5); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := b.take(t.Context(), 2); err != nil {
		t.Error(err)
	}
	done := make(chan error)
	go func() { done <- b.take(t.Context(), 10) }()
	b.give(2)
	b.give(8)
	if err := <-done; err != nil || b.free != 0 {
		t.Error(err, b.free)
	}
}
