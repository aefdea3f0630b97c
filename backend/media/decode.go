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

// maxDecoded bounds the memory of one decoded picture, in bytes.
const maxDecoded = 256 << 20

type format struct {
	magic  string // '?' is any byte
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	pixel  int // bytes a pixel takes at most
}

func formats() []format {
	return []format{
		{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode, 4},
		{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode, 8},
		{"GIF8", gif.DecodeConfig, gif.Decode, 1},
		{"RIFF????WEBPVP8", webp.DecodeConfig, webp.Decode, 4},
	}
}

// decode reads one picture. A decoder that panics on hostile bytes becomes an error.
func decode(src io.ReadSeeker) (img image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, fmt.Errorf("%w: the decoder gave up", ErrUnsupported)
		}
	}()
	f, err := detect(src)
	if err != nil {
		return nil, err
	}
	config, err := f.config(src)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrUnsupported, err)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return nil, ErrUnsupported
	}
	if int64(config.Width)*int64(config.Height)*int64(f.pixel) > maxDecoded {
		return nil, ErrTooLarge
	}
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	img, err = f.decode(src)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrUnsupported, err)
	}
	return img, nil
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
