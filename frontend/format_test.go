package frontend

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestSizes runs the same table as the script's own test: both write sizes alike.
func TestSizes(t *testing.T) {
	text, err := os.ReadFile("src/lib/sizes.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows [][2]any
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if got := size(int64(row[0].(float64))); got != row[1] {
			t.Errorf("size(%v) = %q, want %q", row[0], got, row[1])
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1204: "1,204", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := grouped(n); got != want {
			t.Errorf("grouped(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestExtension(t *testing.T) {
	for name, want := range map[string]string{
		"a.jpg": ".jpg", "a.tar.gz": ".gz", ".hidden": "", "noending": "", "a.": "", "St. Petersburg": "", "a.verylongending": "", "x.JPG": ".JPG",
	} {
		if got := extension(name); got != want {
			t.Errorf("extension(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	w, err := table()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		key   string
		pairs []any
		want  string
	}{
		{"count.files", []any{"n", 1}, "1 file"},
		{"count.files", []any{"n", 1204}, "1,204 files"},
		{"page.of", []any{"n", 2, "all", 3}, "Page 2 of 3"},
		{"from", []any{"host", "{host}"}, "from {host}"},
	} {
		if got, err := w.say(c.key, c.pairs...); err != nil || got != c.want {
			t.Errorf("%s = %q, %v; want %q", c.key, got, err, c.want)
		}
	}
	if _, err := w.say("no.such.key"); err == nil || !strings.Contains(err.Error(), "no.such.key") {
		t.Errorf("a missing key gives %v", err)
	}
}
