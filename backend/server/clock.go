package server

import (
	"time"

	"portico/backend/event"
)

// clockJump is by how much the clock must be off to be worth a line of Activity.
const clockJump = 2 * time.Minute

// clock notices when the computer's clock is moved: what has an end (shares, sign-ins, what is kept)
// follows the clock, and whoever misses it should find out why.
type clock struct {
	wall    time.Time // as Options.Now has it
	running time.Time // as a stopwatch has it
}

// jumped is by how much the clock went on more than time did since the last look.
func (c *clock) jumped(wall, running time.Time) time.Duration {
	before := *c
	c.wall, c.running = wall, running
	if before.wall.IsZero() {
		return 0
	}
	return (wall.Round(0).Sub(before.wall.Round(0)) - running.Sub(before.running)).Round(time.Second)
}

// lookAtClock tells when the clock was moved. A computer that slept looks like one whose clock was set
// forward: its stopwatch stood still.
func (s *Server) lookAtClock(running time.Time) {
	by := s.clock.jumped(s.now(), running)
	text := ""
	switch {
	case by >= clockJump:
		text = "This computer slept, or its clock was set forward, by " + by.String()
	case by <= -clockJump:
		text = "The clock of this computer was set back by " + (-by).String()
	default:
		return
	}
	text += ": shares, sign-ins and everything else that ends at some time follow the new time."
	s.log.Info(text)
	s.tell(event.Event{Kind: event.Notice, Text: text})
}
