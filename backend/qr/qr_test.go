package qr

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var addresses = map[string]string{
	"short link":  "http://192.168.1.20:3923/s/k7qf2mzx",
	"long key":    "https://files.example.org/s/k7qf2mzxk7qf2mzxk7qf2mzxab",
	"with a path": "http://my-laptop.local:3923/photos/Été%202026/?zip",
	"ipv6":        "http://[fd00::12]:3923/s/k7qf2mzx",
	"wifi":        `WIFI:T:WPA;S:Guest net;P:pass\;word;;`,
}

func TestEveryFormIsReadByAScanner(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not installed")
	}
	forms := map[string]func(t *testing.T, text string) image.Image{
		"png": func(t *testing.T, text string) image.Image {
			var b bytes.Buffer
			if err := PNG(&b, text, 6); err != nil {
				t.Fatal(err)
			}
			img, err := png.Decode(&b)
			if err != nil {
				t.Fatal(err)
			}
			return img
		},
		"svg":      func(t *testing.T, text string) image.Image { return renderSVG(t, text) },
		"terminal": func(t *testing.T, text string) image.Image { return renderTerminal(t, text) },
	}
	for name, text := range addresses {
		for form, draw := range forms {
			t.Run(name+"/"+form, func(t *testing.T) {
				if got := scan(t, draw(t, text)); got != Upper(plain(text)) {
					t.Errorf("scanned %q, want %q", got, Upper(plain(text)))
				}
			})
		}
	}
}

func TestUpper(t *testing.T) {
	for in, want := range map[string]string{
		"http://192.168.1.20:3923/s/k7qf2mzx":  "HTTP://192.168.1.20:3923/S/K7QF2MZX",
		"http://192.168.1.20:3923/s/k7qf2mzx/": "HTTP://192.168.1.20:3923/S/K7QF2MZX/",
		"https://box.local/":                   "HTTPS://BOX.LOCAL/",
		"http://box.local":                     "HTTP://BOX.LOCAL",
		"http://box.local/s/k7qf2mzx/sub":      "http://box.local/s/k7qf2mzx/sub",
		"http://box.local/photos/":             "http://box.local/photos/",
		"http://box.local/s/":                  "http://box.local/s/",
		"http://box.local/s/k7?zip":            "http://box.local/s/k7?zip",
		"http://box.local/s/k7?":               "http://box.local/s/k7?",
		"http://box.local/s/k7#":               "http://box.local/s/k7#",
		"http://me:secret@box.local/s/k7":      "http://me:secret@box.local/s/k7",
		"http://box.local/s/k%37":              "http://box.local/s/k%37",
		"http://[fd00::12]:3923/s/k7qf2mzx":    "http://[fd00::12]:3923/s/k7qf2mzx",
		"ftp://box.local/s/k7":                 "ftp://box.local/s/k7",
		"http://bücher.example/s/k7":           "http://bücher.example/s/k7",
		"no address":                           "no address",
	} {
		if got := Upper(in); got != want {
			t.Errorf("Upper(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCapitalsMakeASmallerCode(t *testing.T) {
	short, err := modules("http://192.168.1.20:3923/s/k7qf2mzx")
	if err != nil {
		t.Fatal(err)
	}
	long, err := modules("http://192.168.1.20:3923/s/k7qf2mzx?")
	if err != nil {
		t.Fatal(err)
	}
	if len(short) >= len(long) {
		t.Errorf("%d modules with capitals, %d without", len(short), len(long))
	}
}

func TestQuietZoneIsLight(t *testing.T) {
	square, err := modules("http://box.local/s/k7")
	if err != nil {
		t.Fatal(err)
	}
	side := len(square)
	for y := range square {
		for x := range square {
			edge := y < Quiet || x < Quiet || y >= side-Quiet || x >= side-Quiet
			if edge && square[y][x] {
				t.Fatalf("dark module at %d,%d", x, y)
			}
		}
	}
	if !square[Quiet][Quiet] {
		t.Error("no finder pattern where the quiet zone ends")
	}
}

func TestRefusesWhatNoPhoneReads(t *testing.T) {
	for _, text := range []string{"", strings.Repeat("x", Limit+1)} {
		if err := Terminal(io.Discard, text); !errors.Is(err, ErrText) {
			t.Errorf("%d bytes: %v", len(text), err)
		}
	}
	if err := PNG(io.Discard, strings.Repeat("x", Limit), 1); err != nil {
		t.Error(err)
	}
}

func TestSVGIsOneSafeElement(t *testing.T) {
	var b bytes.Buffer
	if err := SVG(&b, "http://box.local/s/k7", `Link to <“Tom & Co”>`); err != nil {
		t.Fatal(err)
	}
	var doc struct {
		XMLName xml.Name
		Role    string     `xml:"role,attr"`
		Title   string     `xml:"title"`
		Paths   []struct{} `xml:"path"`
	}
	if err := xml.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Title != `Link to <“Tom & Co”>` || len(doc.Paths) != 1 || doc.Role != "img" {
		t.Errorf("%+v", doc)
	}
}

// scan writes the picture and reads it with a scanner that is not ours.
func scan(t *testing.T, img image.Image) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "q.png")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	f.Close()
	out, err := exec.Command("zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", name).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	return strings.TrimSuffix(string(out), "\n")
}

var move = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-\d+z`)

// renderSVG paints the moves of the path, which is all that the drawing is made of.
func renderSVG(t *testing.T, text string) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := SVG(&b, text, ""); err != nil {
		t.Fatal(err)
	}
	var side int
	if _, err := fmt.Sscanf(b.String()[strings.Index(b.String(), "viewBox"):], `viewBox="0 0 %d`, &side); err != nil {
		t.Fatal(err)
	}
	c := newCanvas(side)
	for _, m := range move.FindAllStringSubmatch(b.String(), -1) {
		var x, y, n int
		fmt.Sscan(m[1], &x)
		fmt.Sscan(m[2], &y)
		fmt.Sscan(m[3], &n)
		for i := range n {
			c.dark(x+i, y)
		}
	}
	return c.img
}

// renderTerminal is a terminal of three colours: it understands exactly the escapes that are used.
func renderTerminal(t *testing.T, text string) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := Terminal(&b, text); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	var c *canvas
	for y, line := range lines {
		line, ok := strings.CutPrefix(line, paint)
		line, ok2 := strings.CutSuffix(line, reset)
		if !ok || !ok2 {
			t.Fatalf("line %d does not set and reset its colours", y)
		}
		cells := []rune(line)
		if c == nil {
			c = newCanvas(len(cells) + 1)
		}
		for x, r := range cells {
			switch r {
			case '█':
				c.dark(x, 2*y)
				c.dark(x, 2*y+1)
			case '▀':
				c.dark(x, 2*y)
			case '▄':
				c.dark(x, 2*y+1)
			case ' ':
			default:
				t.Fatalf("unexpected %q", r)
			}
		}
	}
	return c.img
}

type canvas struct{ img *image.Gray }

const pixels = 5

func newCanvas(side int) *canvas {
	c := &canvas{image.NewGray(image.Rect(0, 0, side*pixels, side*pixels))}
	for i := range c.img.Pix {
		c.img.Pix[i] = 0xff
	}
	return c
}

func (c *canvas) dark(x, y int) {
	for dy := range pixels {
		for dx := range pixels {
			c.img.SetGray(x*pixels+dx, y*pixels+dy, color.Gray{})
		}
	}
}
