package media

import (
	"image"
	"image/color"

	"golang.org/x/image/draw"
)

// shrink returns img with its longer side at most size pixels, upright, on white where it was
// transparent. Most pixels are dropped by a cheap filter first; the last factor of two is done well.
func shrink(img image.Image, size, orientation int) *image.RGBA {
	b := img.Bounds()
	w, h := fit(b.Dx(), b.Dy(), size)
	src := img
	if b.Dx() > 2*w && b.Dy() > 2*h {
		half := image.NewRGBA(image.Rect(0, 0, 2*w, 2*h))
		draw.Draw(half, half.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.ApproxBiLinear.Scale(half, half.Bounds(), img, b, draw.Over, nil)
		src = half
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.CatmullRom.Scale(out, out.Bounds(), src, src.Bounds(), draw.Over, nil)
	return turn(out, orientation)
}

func fit(w, h, size int) (int, int) {
	if max(w, h) <= size {
		return w, h
	}
	if w >= h {
		return size, max(1, h*size/w)
	}
	return max(1, w*size/h), size
}

// turn applies one of Exif's eight orientations.
func turn(src *image.RGBA, orientation int) *image.RGBA {
	if orientation <= 1 || orientation > 8 {
		return src
	}
	w, h := src.Rect.Dx(), src.Rect.Dy()
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if orientation >= 5 {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			dx, dy := x, y
			switch orientation {
			case 2:
				dx = w - 1 - x
			case 3:
				dx, dy = w-1-x, h-1-y
			case 4:
				dy = h - 1 - y
			case 5:
				dx, dy = y, x
			case 6:
				dx, dy = h-1-y, x
			case 7:
				dx, dy = h-1-y, w-1-x
			case 8:
				dx, dy = y, w-1-x
			}
			copy(dst.Pix[dst.PixOffset(dx, dy):][:4], src.Pix[src.PixOffset(x, y):][:4])
		}
	}
	return dst
}
