package media

import (
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/webp"
)

var (
	// ErrUnsupported: no picture, or of a kind that cannot be read here.
	ErrUnsupported = errors.New("not a picture that can be shown small")
	// ErrTooLarge: more pixels than are decoded for a thumbnail.
	ErrTooLarge = errors.New("picture too large for a thumbnail")
)

// maxDecoded bounds the memory of all pictures that are being decoded, in bytes.
const maxDecoded = 384 << 20

type format struct {
	magic  string // '?' is any byte
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	cost   func(io.Reader, image.Config) (int64, error) // bytes that decode takes at most
}

func formats() []format {
	return []format{
		{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode, jpegCost},
		{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode, pngCost},
		{"GIF8", gif.DecodeConfig, gif.Decode, gifCost},
		{"RIFF????WEBPVP8", webp.DecodeConfig, webp.Decode, webpCost},
	}
}

// measured is a picture whose decoding is known to fit.
type measured struct {
	format
	src  io.ReadSeeker
	cost int64
}

// measure looks at the head of a picture.
func measure(src io.ReadSeeker) (m measured, err error) {
	defer gaveUp(&err)
	if m.format, err = detect(src); err != nil {
		return m, err
	}
	config, err := m.config(src)
	if err != nil {
		return m, fmt.Errorf("%w: %v", ErrUnsupported, err)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return m, ErrUnsupported
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return m, err
	}
	cost, err := m.format.cost(src, config)
	if err != nil {
		return m, fmt.Errorf("%w: %v", ErrUnsupported, err)
	}
	if cost > maxDecoded {
		return m, ErrTooLarge
	}
	m.src, m.cost = src, cost
	_, err = src.Seek(0, io.SeekStart)
	return m, err
}

// decode reads a measured picture.
func (m measured) decode() (img image.Image, err error) {
	defer gaveUp(&err)
	img, err = m.format.decode(m.src)
	if err != nil && !errors.Is(err, ErrTooLarge) {
		err = fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return img, err
}

// gaveUp makes an error of a decoder that panics on hostile bytes.
func gaveUp(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%w: the decoder gave up", ErrUnsupported)
	}
}

func detect(src io.ReadSeeker) (format, error) {
	head := make([]byte, 16)
	n, err := io.ReadFull(src, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return format{}, fmt.Errorf("%w: %v", ErrUnsupported, err)
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return format{}, err
	}
	for _, f := range formats() {
		if matches(head[:n], f.magic) {
			return f, nil
		}
	}
	return format{}, ErrUnsupported
}

func matches(head []byte, magic string) bool {
	if len(head) < len(magic) {
		return false
	}
	for i := range len(magic) {
		if magic[i] != '?' && magic[i] != head[i] {
			return false
		}
	}
	return true
}
