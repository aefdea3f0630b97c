package web

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"log/slog"
	"testing"

	"portico/backend/media"
)

func TestThumbs(t *testing.T) {
	h := newHouse(t, func(s *setup) {
		s.door.Thumbs = media.New(media.Options{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	})
	img := image.NewRGBA(image.Rect(0, 0, 800, 400))
	for x := range 800 {
		img.Set(x, x/2, color.RGBA{uint8(x), 0, 0, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	h.disk("pic.png", b.String())
	h.disk("fake.png", "not a picture")
	a := h.do("GET", "/files/pic.png?th=320").want(t, 200).head(t, "Content-Type", "image/jpeg")
	small, err := jpeg.Decode(bytes.NewReader([]byte(a.body)))
	if err != nil || small.Bounds().Dx() != 320 || small.Bounds().Dy() != 160 {
		t.Errorf("%v, %v", small.Bounds(), err)
	}
	h.do("GET", "/files/pic.png?th=320", "If-None-Match: "+a.Header.Get("ETag")).want(t, 304)
	h.do("GET", "/files/fake.png?th=320").want(t, 415)
	h.disk("private/x.png", b.String())
	h.do("GET", "/files/private/x.png?th=320").want(t, 401)
}
