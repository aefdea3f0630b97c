package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/term"

	"portico/backend/event"
	"portico/backend/qr"
	"portico/backend/server"
)

// newScreen draws on the terminal w.
func newScreen(w io.Writer) *screen {
	return &screen{out: w, size: func() (int, int) {
		f, ok := w.(*os.File)
		if !ok {
			return 0, 0
		}
		columns, rows, err := term.GetSize(int(f.Fd()))
		if err != nil {
			return 0, 0
		}
		return columns, rows
	}}
}

// ready says where the doors are: one line per open door on stdout, then "ready"; and draws the best
// address for phones, where somebody looks.
func (c *serveCommand) ready(con *console, s *server.Server, watched *screen) {
	var best string
	var above []string
	door := func(name, address string) {
		above = append(above, name+" "+address)
		c.say(con, event.Event{Kind: event.DoorOpened, Door: name, Text: address}, name+" "+address)
	}
	for _, d := range s.Status(context.Background()).Doors {
		if !d.Open {
			continue
		}
		if best == "" {
			best = d.Address
		}
		door(d.Name, d.Address)
	}
	if url, _ := s.Control(); url != "" {
		door("control", url+"/")
	}
	c.missing(con, s, best)
	c.say(con, event.Event{Kind: event.Notice, Code: "READY", Text: "ready"}, "ready")
	if watched == nil {
		return
	}
	h := head{code: picture(best, watched)}
	io.WriteString(con.err, strings.Join(append(h.code, ""), "\n"))
	if terminal(con.out) {
		h.above = append(above, "ready")
	}
	watched.begin(h)
}

// missing says what a person has perhaps forgotten.
func (c *serveCommand) missing(con *console, s *server.Server, best string) {
	if best == "" {
		fmt.Fprintln(con.err, "no door is open: nobody can come in (portico help ports)")
	}
	if !s.Serves() {
		fmt.Fprintln(con.err, "no folder is served yet; name one (portico serve FOLDER), or, while this runs: portico share FOLDER")
	}
}

// picture is the QR code of an address, and what to do with it, as lines.
func picture(address string, on *screen) []string {
	words := []string{"Ctrl-C ends it."}
	if address == "" {
		return words
	}
	words[0] = "Scan it with a phone, or open " + address + "  " + words[0]
	var drawn strings.Builder
	if err := qr.Terminal(&drawn, qr.Upper(address)); err != nil {
		return words
	}
	code := strings.Split(strings.TrimSuffix(drawn.String(), "\n"), "\n")
	columns, rows := on.size()
	if columns > 0 && (cells(code[0]) > columns || len(code)+2 > rows) {
		return []string{"Open " + address + "  (a larger window shows it as a QR code)  Ctrl-C ends it."}
	}
	return append(code, words...)
}

// cells is how wide a drawn line is: its runes without the colours.
func cells(line string) int {
	n := 0
	for i, part := range strings.Split(line, "\x1b[") {
		if i > 0 {
			_, part, _ = strings.Cut(part, "m")
		}
		n += utf8.RuneCountInString(part)
	}
	return n
}

// say writes one line to stdout. Whoever reads may have gone; serving goes on.
func (c *serveCommand) say(con *console, e event.Event, line string) {
	if c.JSON {
		e.Time = time.Now()
		_ = json.NewEncoder(con.out).Encode(e)
		return
	}
	fmt.Fprintln(con.out, line)
}
