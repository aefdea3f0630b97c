package qr

import (
	"errors"
	"fmt"

	qrcode "github.com/skip2/go-qrcode"
)

// Limit is the longest text in bytes that is drawn. Longer codes exist, but phones do not read
// them from a screen at arm's length.
const Limit = 1024

// Quiet is the width of the light margin, in modules.
const Quiet = 4

// ErrText means that the text is empty or longer than Limit.
var ErrText = errors.New("text cannot be drawn as a QR code")

// modules returns the square of the code with its quiet zone; true is dark.
func modules(text string) ([][]bool, error) {
	if text == "" || len(text) > Limit {
		return nil, fmt.Errorf("%w: %d bytes, at most %d", ErrText, len(text), Limit)
	}
	code, err := qrcode.New(Upper(plain(text)), qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrText, err)
	}
	code.DisableBorder = true
	inner := code.Bitmap()
	side := len(inner) + 2*Quiet
	square := make([][]bool, side)
	for y := range square {
		square[y] = make([]bool, side)
		if y >= Quiet && y < side-Quiet {
			copy(square[y][Quiet:], inner[y-Quiet])
		}
	}
	return square, nil
}
