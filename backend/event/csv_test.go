package event

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

func TestCSV(t *testing.T) {
	var b strings.Builder
	c := NewCSV(&b)
	at := time.Date(2026, 11, 21, 9, 30, 0, 5000, time.FixedZone("", 3600))
	for _, e := range []Event{
		{ID: 7, Time: at, Kind: Created, Path: "/a/=1+2\".csv", Size: 12, Name: "@ada", Client: "-x, \"y\"\nz", Door: "http", Remote: "10.0.0.7"},
		{ID: 8, Time: at, Kind: Removed, Path: "/\xffb\r", Count: 3, Text: " \t=cmd|' /C calc'!A0"},
	} {
		if err := c.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Flush(); err != nil {
		t.Fatal(err)
	}
	text, marked := strings.CutPrefix(b.String(), "\ufeff")
	if !marked || !strings.HasSuffix(text, "\r\n") {
		t.Errorf("%q", b.String())
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatal(rows, err)
	}
	get := func(row int, column string) string {
		for i, name := range rows[0] {
			if name == column {
				return rows[row][i]
			}
		}
		t.Fatalf("no column %s", column)
		return ""
	}
	for _, want := range []struct {
		row          int
		column, text string
	}{
		{1, "id", "7"}, {1, "time", "2026-11-21T08:30:00.000005Z"}, {1, "kind", "created"}, {1, "path", `/a/=1+2".csv`}, {1, "bytes", "12"},
		{1, "files", ""}, {1, "who", "'@ada"}, {1, "client", "'-x, \"y\"\nz"}, {1, "what happened", "'@ada added =1+2\".csv (12 bytes) to a through the web"},
		{2, "path", `/\xffb\x0d`}, {2, "files", "3"}, {2, "text", "' \t=cmd|' /C calc'!A0"},
	} {
		if got := get(want.row, want.column); got != want.text {
			t.Errorf("%s: got %q, want %q", want.column, got, want.text)
		}
	}
}

func TestCSVWithoutEvents(t *testing.T) {
	var b strings.Builder
	if err := NewCSV(&b).Flush(); err != nil || b.String() != "\ufeff"+strings.Join(columns, ",")+"\r\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}

func TestCSVTellsErrors(t *testing.T) {
	r, w := io.Pipe()
	broken := errors.New("gone")
	r.CloseWithError(broken)
	c := NewCSV(w)
	if err := c.Flush(); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func FuzzCell(f *testing.F) {
	for _, s := range []string{"\f=", "=1", " =1", "\t@x", "'=1", "\"=1", "\xff=1", "a", "", "\r\n=1", "\ufeff=1", "＝1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := cell(s)
		if strings.ContainsAny(got, "\x00\r") || strings.HasPrefix(got, "\t") {
			t.Errorf("%q → %q", s, got)
		}
		if strings.ContainsAny(strings.TrimSpace(got)[:min(1, len(strings.TrimSpace(got)))], "=+-@|") {
			t.Errorf("%q → %q", s, got)
		}
	})
}
