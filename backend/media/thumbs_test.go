package media

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// corner is a picture whose upper left quarter is red, the rest blue: turning it shows.
func corner(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{0, 0, 255, 255}
			if x < w/2 && y < h/2 {
				c = color.RGBA{255, 0, 0, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withExif puts an APP1 segment with an orientation and a thumbnail in front of a JPEG.
func withExif(jpg []byte, orientation uint16, thumbnail []byte) []byte {
	tiff := []byte("II*\x00\x08\x00\x00\x00")
	le := binary.LittleEndian
	tiff = le.AppendUint16(tiff, 1)
	tiff = le.AppendUint16(le.AppendUint16(tiff, 0x0112), 3)
	tiff = le.AppendUint32(tiff, 1)
	tiff = le.AppendUint32(tiff, uint32(orientation))
	second := uint32(0)
	if thumbnail != nil {
		second = uint32(len(tiff) + 4)
	}
	tiff = le.AppendUint32(tiff, second)
	if thumbnail != nil {
		at := uint32(len(tiff) + 2 + 2*12 + 4)
		tiff = le.AppendUint16(tiff, 2)
		for tag, value := range map[uint16]uint32{0x0201: at, 0x0202: uint32(len(thumbnail))} {
			tiff = le.AppendUint16(le.AppendUint16(tiff, tag), 4)
			tiff = le.AppendUint32(tiff, 1)
			tiff = le.AppendUint32(tiff, value)
		}
		tiff = append(le.AppendUint32(tiff, 0), thumbnail...)
	}
	body := append([]byte("Exif\x00\x00"), tiff...)
	out := []byte{0xff, 0xd8, 0xff, 0xe1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(body)+2))
	return append(append(out, body...), jpg[2:]...)
}

func thumb(t *testing.T, data []byte, size int) (image.Image, error) {
	t.Helper()
	th := New(Options{Dir: t.TempDir()})
	out, err := th.JPEG(t.Context(), "k", size, func() (Source, error) { return bytes.NewReader(data), nil })
	if err != nil {
		return nil, err
	}
	img, err := jpeg.Decode(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	return img, nil
}

func TestFormats(t *testing.T) {
	var asPNG, asGIF bytes.Buffer
	if err := png.Encode(&asPNG, corner(800, 400)); err != nil {
		t.Fatal(err)
	}
	if err := gif.Encode(&asGIF, corner(800, 400), nil); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"jpeg": asJPEG(t, corner(800, 400)), "png": asPNG.Bytes(), "gif": asGIF.Bytes()} {
		img, err := thumb(t, data, 320)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := img.Bounds().Size(); got != image.Pt(320, 160) {
			t.Errorf("%s: %v", name, got)
		}
		if r, _, b, _ := img.At(20, 20).RGBA(); r < b {
			t.Errorf("%s: the corner is not red", name)
		}
	}
}

func TestSmallPicturesStaySmall(t *testing.T) {
	img, err := thumb(t, asJPEG(t, corner(40, 30)), 320)
	if err != nil || img.Bounds().Size() != image.Pt(40, 30) {
		t.Errorf("%v, %v", img, err)
	}
}

func TestOrientation(t *testing.T) {
	// Where the red corner must be for each orientation (0 upper left, 1 upper right, 2 lower left, 3 lower right).
	for orientation, want := range map[uint16]int{1: 0, 2: 1, 3: 3, 4: 2, 5: 0, 6: 1, 7: 3, 8: 2, 9: 0} {
		img, err := thumb(t, withExif(asJPEG(t, corner(400, 200)), orientation, nil), 160)
		if err != nil {
			t.Fatal(err)
		}
		b := img.Bounds()
		if upright := b.Dx() > b.Dy(); upright != (orientation < 5 || orientation > 8) {
			t.Errorf("orientation %d: size %v", orientation, b.Size())
		}
		got := -1
		for n, p := range []image.Point{{b.Dx() / 4, b.Dy() / 4}, {b.Dx() * 3 / 4, b.Dy() / 4}, {b.Dx() / 4, b.Dy() * 3 / 4}, {b.Dx() * 3 / 4, b.Dy() * 3 / 4}} {
			if r, _, blue, _ := img.At(p.X, p.Y).RGBA(); r > blue {
				got = n
			}
		}
		if got != want {
			t.Errorf("orientation %d: red corner at %d, want %d", orientation, got, want)
		}
	}
}

func TestCameraThumbnailIsUsed(t *testing.T) {
	green := image.NewUniform(color.RGBA{0, 255, 0, 255})
	small := image.NewRGBA(image.Rect(0, 0, 160, 120))
	for i := range small.Pix {
		small.Pix[i] = []uint8{0, 255, 0, 255}[i%4]
	}
	data := withExif(asJPEG(t, corner(1600, 1200)), 1, asJPEG(t, small))
	img, err := thumb(t, data, 160)
	if err != nil {
		t.Fatal(err)
	}
	if r, g, _, _ := img.At(20, 20).RGBA(); g < r {
		t.Errorf("the camera's copy was not used: %v, %v", img.At(20, 20), green)
	}
	img, err = thumb(t, data, 640) // too small a copy for this size
	if err != nil {
		t.Fatal(err)
	}
	if r, g, _, _ := img.At(20, 20).RGBA(); r < g {
		t.Error("a copy too small was blown up")
	}
}

func TestRefusals(t *testing.T) {
	huge := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x01\x00\x00\x00\x01\x00\x00\x08\x02\x00\x00\x00")
	huge = binary.BigEndian.AppendUint32(huge, 0x9b3b0c22)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":     {nil, ErrUnsupported},
		"text":      {[]byte("hello, this is no picture"), ErrUnsupported},
		"cut jpeg":  {asJPEG(t, corner(100, 100))[:200], ErrUnsupported},
		"odd exif":  {[]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00II*\x00\xff\xff\xff\xff"), ErrUnsupported},
		"huge size": {huge, nil},
	} {
		_, err := thumb(t, c.data, 320)
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOneDecodeForMany(t *testing.T) {
	data := asJPEG(t, corner(1000, 1000))
	th := New(Options{Dir: t.TempDir()})
	var opened atomic.Int32
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			out, err := th.JPEG(context.Background(), "same", 160, func() (Source, error) {
				opened.Add(1)
				return bytes.NewReader(data), nil
			})
			if err != nil || len(out) == 0 {
				t.Errorf("%d bytes, %v", len(out), err)
			}
		})
	}
	all.Wait()
	if n := opened.Load(); n != 1 {
		t.Errorf("decoded %d times", n)
	}
}

func TestCacheIsBounded(t *testing.T) {
	dir := t.TempDir()
	c := newCache(dir, 10_000)
	for i := range 50 {
		if err := c.put("ab"+strconv.Itoa(1000+i), make([]byte, 1000)); err != nil {
			t.Fatal(err)
		}
	}
	var sum int64
	filepath.Walk(dir, func(_ string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			sum += info.Size()
		}
		return nil
	})
	if sum == 0 || sum > 10_000 {
		t.Errorf("cache holds %d bytes, 10000 are allowed", sum)
	}
}

func FuzzRender(f *testing.F) {
	f.Add(asJPEG(f, corner(32, 32)))
	f.Add(withExif(asJPEG(f, corner(32, 32)), 6, asJPEG(f, corner(16, 16))))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8 "))
	th := New(Options{Dir: f.TempDir()})
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := th.render(t.Context(), bytes.NewReader(data), 160)
		if err == nil {
			if _, err := jpeg.Decode(bytes.NewReader(out)); err != nil {
				t.Fatal("a thumbnail that is no JPEG:", err)
			}
		}
	})
}
