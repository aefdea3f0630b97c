package frontend

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed src/lib/kinds.json
var kindTable []byte

// kinds is from extension to the shape that a file is drawn with.
var kinds = sync.OnceValues(func() (map[string]string, error) {
	var groups map[string][]string
	if err := json.Unmarshal(kindTable, &groups); err != nil {
		return nil, fmt.Errorf("frontend: kinds.json: %w", err)
	}
	all := map[string]string{}
	for shape, list := range groups {
		for _, ext := range list {
			all[ext] = shape
		}
	}
	return all, nil
})

// grouped writes a whole number with thousands apart: 1,204.
func grouped(n int) string {
	text := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, text = "-", text[1:]
	}
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return sign + text
}

// size writes bytes in decimal units with two digits that matter, as src/lib/format.ts does.
func size(bytes int64) string {
	units := [...]string{"B", "KB", "MB", "GB", "TB", "PB"}
	n, unit := float64(bytes), 0
	for n >= 999.5 && unit < len(units)-1 {
		n /= 1000
		unit++
	}
	if unit == 0 || n >= 9.95 {
		return strconv.FormatFloat(math.Round(n), 'f', 0, 64) + " " + units[unit]
	}
	return strings.TrimSuffix(strconv.FormatFloat(math.Round(n*10)/10, 'f', 1, 64), ".0") + " " + units[unit]
}

// extension returns the ending of a name that tells its type, "" where there is none: short, and
// not the whole name.
func extension(name string) string {
	ext := path.Ext(name)
	if len(ext) < 2 || len(ext) > 9 || ext == name || strings.ContainsAny(ext, " ") {
		return ""
	}
	return ext
}

// face is how a row is drawn.
type face struct {
	Row
	Shape string // icon
	Label string // short text on the icon
	Stem  string
	Ext   string
	Thumb bool
	Bytes string
	Day   string
	Clock string
}

// thumbed says whether the server makes a small picture of files with this ending.
func thumbed(ext string) bool {
	switch ext {
	case "jpg", "jpeg", "png", "gif", "webp":
		return true
	}
	return false
}

func draw(r Row, shapes map[string]string, w words) face {
	f := face{Row: r, Shape: "file", Stem: r.Name}
	if !r.Modified.IsZero() {
		f.Day, f.Clock = r.Modified.Format("2 Jan 2006"), r.Modified.Format("15:04")
	}
	if r.Kind != "f" {
		f.Shape = map[string]string{"d": "folder", "l": "ban"}[r.Kind]
		if f.Shape == "" {
			f.Shape = "file"
		}
		f.Bytes = w[map[string]string{"d": "folder", "l": "broken"}[r.Kind]].other
		if f.Bytes == "" {
			f.Bytes = w["other"].other
		}
	} else {
		f.Ext = extension(r.Name)
		f.Stem = strings.TrimSuffix(r.Name, f.Ext)
		ext := strings.ToLower(strings.TrimPrefix(f.Ext, "."))
		if shape, ok := shapes[ext]; ok {
			f.Shape = shape
		}
		if len(ext) <= 4 {
			f.Label = strings.ToUpper(ext)
		}
		f.Thumb = thumbed(ext) && r.Size > 0
		f.Bytes = size(r.Size)
	}
	if r.Pending {
		f.Bytes = w["pending"].other
	}
	if r.Absent {
		f.Bytes = w["absent"].other
	}
	return f
}

// pictures says whether a listing is best shown as pictures: src/lib/listing.ts has the same rule.
func pictures(faces []face) bool {
	n := 0
	for _, f := range faces {
		if f.Thumb {
			n++
		}
	}
	return n >= 6 && n*10 >= len(faces)*7
}

// milliseconds is a time as the JSON listing writes it, "" for none.
func milliseconds(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return strconv.FormatInt(t.UnixMilli(), 10)
}
