package app

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"

	"portico/backend/event"
)

// printable takes everything out of a text from outside that a terminal would obey.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return '\uFFFD'
		}
		return r
	}, text)
}

// size writes a number of bytes as people read it.
func size(n int64) string {
	units := []string{"bytes", "kB", "MB", "GB", "TB", "PB"}
	f, i := float64(n), 0
	for f >= 1000 && i < len(units)-1 {
		f /= 1000
		i++
	}
	switch {
	case n == 1:
		return "1 byte"
	case i == 0:
		return fmt.Sprintf("%d bytes", n)
	case f < 10:
		return fmt.Sprintf("%.1f %s", f, units[i])
	}
	return fmt.Sprintf("%.0f %s", f, units[i])
}

// terminal reports whether somebody watches w.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// terminals are those of the program's three files at which somebody sits.
func terminals(con *console) (out []*os.File) {
	for _, v := range []any{con.in, con.out, con.err} {
		if f, ok := v.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
			out = append(out, f)
		}
	}
	return out
}

// hungUp reports whether one of the terminals has gone.
func hungUp(terminals []*os.File) bool {
	for _, f := range terminals {
		if !term.IsTerminal(int(f.Fd())) {
			return true
		}
	}
	return false
}

// count says how many there are of something: "1 file", "3 files".
func count[N int | int64](n N, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return event.Number(int64(n)) + " " + what + "s"
}
