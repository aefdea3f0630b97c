package app

import (
	"io"
	"slices"
	"strings"
	"sync"
)

// screen draws on a terminal: a head that stays (the addresses and their QR code), below it the
// latest lines, and below these what moves at this moment. The part below the head is drawn over
// itself and never higher than there is room, so that the head is not scrolled away.
//
// It is an io.Writer for others who write to the same terminal (the log): their lines become lines
// of it. Before begin and after end it passes on what is written.
type screen struct {
	out  io.Writer
	size func() (columns, rows int) // 0: unknown

	mu      sync.Mutex
	on      bool
	head    head
	columns int
	rows    int
	recent  []string // the latest lines, the newest last
	live    []string
	shown   []string // what stands below the head now
}

// head is what stays at the top.
type head struct {
	above []string // may leave the window where there is little room
	code  []string // the drawn QR code with what belongs to it
}

// leastRoom is how many lines are wanted below the head, at the cost of what is above the code.
const leastRoom = 3

// begin draws nothing: h stands on the terminal already, the cursor below it.
func (s *screen) begin(h head) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on, s.head = true, h
	s.columns, s.rows = s.size()
}

// end takes what moves off the terminal and leaves the rest.
func (s *screen) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.on {
		s.live = nil
		s.draw()
		s.on = false
	}
}

// say adds a line.
func (s *screen) say(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on {
		io.WriteString(s.out, line+"\n")
		return
	}
	s.remember(line)
	s.draw()
}

// move sets what moves at this moment, and looks whether the window changed.
func (s *screen) move(lines []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on {
		return
	}
	s.live = lines
	s.draw()
}

// Write is for the log.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.on {
		return s.out.Write(p)
	}
	for line := range strings.Lines(string(p)) {
		s.remember(printable(strings.TrimRight(line, "\r\n")))
	}
	s.draw()
	return len(p), nil
}

func (s *screen) remember(line string) {
	const most = 200 // a tall window's worth
	if s.recent = append(s.recent, line); len(s.recent) > most {
		s.recent = slices.Delete(s.recent, 0, len(s.recent)-most)
	}
}

// width is how many columns the window had at the last look.
func (s *screen) width() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.columns
}

// room is how many lines may stand below the head.
func (s *screen) room() int {
	if s.rows == 0 {
		return leastRoom
	}
	left := s.rows - len(s.head.code) - 1 // the cursor stands below
	return max(left-len(s.head.above), min(left, leastRoom), 1)
}

// draw brings the terminal up to date, in one write. The caller holds mu.
func (s *screen) draw() {
	var b strings.Builder
	if columns, rows := s.size(); columns != s.columns || rows != s.rows {
		// Where lines stand now depends on the terminal; all of it is drawn again.
		s.columns, s.rows, s.shown = columns, rows, nil
		b.WriteString("\x1b[2J\x1b[H")
		s.drawHead(&b)
	}
	room := s.room()
	live := s.live[:min(len(s.live), max(room-1, 1))]
	recent := s.recent[max(len(s.recent)-(room-len(live)), 0):]
	want := slices.Concat(recent, live)
	if b.Len() == 0 && slices.Equal(want, s.shown) {
		return
	}
	if n := len(s.shown); n > 0 {
		// Ctrl-C has left its echo where the cursor was, so first to the left.
		b.WriteString("\r" + strings.Repeat("\x1b[A", n))
	} else {
		b.WriteString("\r")
	}
	b.WriteString("\x1b[J\x1b[?7l") // what is too long is cut, not continued below
	for _, line := range want {
		b.WriteString(line + "\n")
	}
	b.WriteString("\x1b[?7h")
	s.shown = want
	io.WriteString(s.out, b.String())
}

// drawHead draws as much of the head as there is room for, the code first.
func (s *screen) drawHead(b *strings.Builder) {
	b.WriteString("\x1b[?7l")
	defer b.WriteString("\x1b[?7h")
	if s.rows > 0 && s.rows-1 < len(s.head.code) {
		for _, line := range s.head.above {
			b.WriteString(line + "\n")
		}
		return
	}
	if above := s.head.above; s.rows == 0 || s.rows-1-len(s.head.code)-len(above) >= leastRoom {
		for _, line := range above {
			b.WriteString(line + "\n")
		}
	}
	for _, line := range s.head.code {
		b.WriteString(line + "\n")
	}
}
