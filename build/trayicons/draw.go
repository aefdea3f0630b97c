package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strconv"
)

// face is one look of the icon, by the name that app/tray has for it.
type face struct {
	name   string
	hollow bool    // only the edges: nothing is shared
	dot    float64 // height of a dot in the doorway; 0: none
	amber  bool    // somebody is needed
	count  string  // arrivals nobody has seen
}

func faces() []face {
	out := []face{
		{name: "idle", hollow: true},
		{name: "sharing"},
		{name: "moving-1", dot: 14.4},
		{name: "moving-2", dot: 11.6},
		{name: "moving-3", dot: 8.8},
		{name: "attention", amber: true},
	}
	for n := 1; n <= 9; n++ {
		out = append(out, face{name: "arrivals-" + strconv.Itoa(n), count: strconv.Itoa(n)})
	}
	return append(out, face{name: "arrivals-more", count: "+"})
}

// shade is what the icon stands on.
type shade struct {
	name             string
	ink, quiet, sign color.NRGBA // the sign in use, the sign at rest, what stands in a badge
	forms            []form
}

func shades() []shade {
	rgb := func(v uint32) color.NRGBA { return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255} }
	black := rgb(0)
	return []shade{
		{"light", rgb(0x1B5E8C), rgb(0x5F6368), rgb(0xFFFFFF), []form{picture, icon}},
		{"dark", rgb(0x6DB3E2), rgb(0xC4C7CC), rgb(0x10202C), []form{picture, icon}},
		// Where the ground is not known: middle tones, which stand out from both.
		{"any", rgb(0x3A8AC2), rgb(0x8A8D91), rgb(0xFFFFFF), []form{picture}},
		// macOS paints it itself and takes the shape only.
		{"template", black, black, color.NRGBA{}, []form{picture}},
	}
}

var amber = color.NRGBA{0xE0, 0x8A, 0x00, 255}

// digits are drawn on cells of 3 by 5.
var digits = map[string]string{
	"1": " # " + "## " + " # " + " # " + "###",
	"2": "###" + "  #" + "###" + "#  " + "###",
	"3": "###" + "  #" + " ##" + "  #" + "###",
	"4": "# #" + "# #" + "###" + "  #" + "  #",
	"5": "###" + "#  " + "###" + "  #" + "###",
	"6": "###" + "#  " + "###" + "# #" + "###",
	"7": "###" + "  #" + " # " + " # " + " # ",
	"8": "###" + "# #" + "###" + "# #" + "###",
	"9": "###" + "# #" + "###" + "  #" + "###",
	"+": "   " + " # " + "###" + " # " + "   ",
}

// draw paints a face, finely, and makes it as small as wanted. On the grid of 16 a badge sits below
// on the right, with air around it.
func draw(sign mask, f face, s shade, size int) image.Image {
	ink := s.ink
	if f.hollow {
		ink, sign = s.quiet, sign.minus(sign.worn(0.65))
	}
	fine := image.NewNRGBA(image.Rect(0, 0, grid, grid))
	if f.dot > 0 {
		sign = sign.minus(disc(10, f.dot, 2))
	}
	switch {
	case f.amber:
		sign = sign.minus(disc(12.2, 12.2, 4.6))
	case f.count != "":
		sign = sign.minus(disc(11.4, 11.4, 5.4))
	}
	sign.paint(fine, ink)
	if f.dot > 0 {
		disc(10, f.dot, 1.35).paint(fine, ink)
	}
	if f.amber {
		c := amber
		if s.sign.A == 0 {
			c = s.ink
		}
		disc(12.2, 12.2, 3.6).paint(fine, c)
	}
	if f.count != "" {
		badge := disc(11.4, 11.4, 4.6)
		number := digit(digits[f.count], 11.4-2.1, 11.4-3, 1.4, 1.2)
		badge.minus(number).paint(fine, s.ink)
		if s.sign.A > 0 {
			number.paint(fine, s.sign)
		}
	}
	return shrink(fine, size)
}

// shrink takes the mean of every square, colours weighed by how much covers them.
func shrink(fine *image.NRGBA, size int) image.Image {
	out := image.NewNRGBA(image.Rect(0, 0, size, size))
	n := grid / size
	for y := range size {
		for x := range size {
			var r, g, b, a int
			for dy := range n {
				for dx := range n {
					c := fine.NRGBAAt(x*n+dx, y*n+dy)
					k := int(c.A)
					r, g, b, a = r+int(c.R)*k, g+int(c.G)*k, b+int(c.B)*k, a+k
				}
			}
			if a > 0 {
				out.SetNRGBA(x, y, color.NRGBA{uint8((r + a/2) / a), uint8((g + a/2) / a), uint8((b + a/2) / a), uint8(a / (n * n))})
			}
		}
	}
	return out
}

func encode(m image.Image) []byte {
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestCompression}
	if err := e.Encode(&b, m); err != nil {
		panic(err) // only a picture without size is refused
	}
	return b.Bytes()
}
