package event

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// CSV writes activity as a table for spreadsheets and programs: RFC 4180, UTF-8 with a byte order
// mark (without it spreadsheets guess), a header line, times in UTC.
//
// Names come from strangers, so no cell can be taken for a formula: text that begins like one gets
// an apostrophe before it. Bytes that are no UTF-8 are written as \xNN.
type CSV struct {
	w       *csv.Writer
	out     io.Writer
	started bool
}

// NewCSV returns a writer of activity to w.
func NewCSV(w io.Writer) *CSV {
	c := &CSV{w: csv.NewWriter(w), out: w}
	c.w.UseCRLF = true
	return c
}

// columns is the header. Programs read it: names are only ever added, at the end.
var columns = []string{"id", "time", "what happened", "kind", "path", "from", "files", "bytes", "sha256",
	"door", "address", "client", "who", "identity", "batch", "code", "text"}

// Write adds one event. Errors may come late, from a later Write or Flush.
func (c *CSV) Write(e Event) error {
	if err := c.start(); err != nil {
		return err
	}
	row := []string{
		strconv.FormatInt(e.ID, 10), e.Time.UTC().Format(time.RFC3339Nano), Sentence(e), string(e.Kind), e.Path, e.From,
		number(e.Count), number(e.Size), e.Hash, e.Door, e.Remote, e.Client, e.Name, e.Identity, e.Batch, e.Code, e.Text,
	}
	for i, text := range row {
		row[i] = cell(text)
	}
	return c.w.Write(row)
}

// start writes what stands before the first event.
func (c *CSV) start() error {
	if c.started {
		return nil
	}
	c.started = true
	if _, err := io.WriteString(c.out, "\ufeff"); err != nil {
		return err
	}
	return c.w.Write(columns)
}

// Flush writes what is buffered; a table without events is its header.
func (c *CSV) Flush() error {
	if err := c.start(); err != nil {
		return err
	}
	c.w.Flush()
	return c.w.Error()
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// cell makes text harmless: spreadsheets read a formula after = + - @, some also after their wide
// forms, and after white space, a line break or a quote before them.
func cell(text string) string {
	if !utf8.ValidString(text) || strings.ContainsAny(text, "\x00\r") {
		text = escapeBytes(text)
	}
	if first := strings.TrimLeftFunc(text, invisible); first != "" {
		if r, _ := utf8.DecodeRuneInString(first); strings.ContainsRune("=+-@|%＝＋－＠", r) {
			return "'" + text
		}
	}
	if strings.HasPrefix(text, "\t") || strings.HasPrefix(text, "\n") {
		return "'" + text
	}
	return text
}

// invisible reports what some spreadsheet may skip at the beginning of a cell.
func invisible(r rune) bool {
	return r == '"' || r == '\'' || unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

func escapeBytes(text string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && n == 1 || r == 0 || r == '\r' {
			fmt.Fprintf(&b, `\x%02x`, text[i])
		} else {
			b.WriteString(text[i : i+n])
		}
		i += n
	}
	return b.String()
}
