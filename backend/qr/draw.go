package qr

import (
	"bufio"
	"bytes"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"io"
)

// Colours are set exactly (palette entries 16 and 231 are black and white everywhere), so that the
// code looks the same on a dark and on a light terminal.
const (
	paint = "\x1b[38;5;16;48;5;231m"
	reset = "\x1b[0m"
)

// Terminal draws text with half blocks, two modules above each other in one cell.
func Terminal(w io.Writer, text string) error {
	square, err := modules(text)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	for y := 0; y < len(square); y += 2 {
		out.WriteString(paint)
		for x := range square[y] {
			above, below := square[y][x], y+1 < len(square) && square[y+1][x]
			out.WriteString(cell(above, below))
		}
		out.WriteString(reset + "\n")
	}
	return out.Flush()
}

func cell(above, below bool) string {
	switch {
	case above && below:
		return "█"
	case above:
		return "▀"
	case below:
		return "▄"
	}
	return " "
}

// SVG draws text as one path on a white ground; label is its accessible title (the text itself
// when empty). It carries no script, no style and no size: the page that shows it chooses that.
func SVG(w io.Writer, text, label string) error {
	square, err := modules(text)
	if err != nil {
		return err
	}
	if label == "" {
		label = "QR code: " + text
	}
	side := len(square)
	var out bytes.Buffer
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" shape-rendering="crispEdges">`, side, side)
	fmt.Fprintf(&out, `<title>%s</title><rect width="%d" height="%d" fill="#fff"/><path fill="#000" d="`, html.EscapeString(label), side, side)
	for y, row := range square {
		for x := 0; x < side; x++ {
			if !row[x] {
				continue
			}
			start := x
			for x < side && row[x] {
				x++
			}
			fmt.Fprintf(&out, "M%d %dh%dv1h-%dz", start, y, x-start, x-start)
		}
	}
	out.WriteString("\"/></svg>\n")
	_, err = w.Write(out.Bytes())
	return err
}

// PNG draws text with modules of scale × scale pixels (1 to 64).
func PNG(w io.Writer, text string, scale int) error {
	square, err := modules(text)
	if err != nil {
		return err
	}
	scale = min(max(scale, 1), 64)
	side := len(square) * scale
	picture := image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.White, color.Black})
	for y := range side {
		row := picture.Pix[y*picture.Stride:]
		for x := range side {
			if square[y/scale][x/scale] {
				row[x] = 1
			}
		}
	}
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	return encoder.Encode(w, picture)
}
