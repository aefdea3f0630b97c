package mdns

import (
	"math/rand/v2"
	"slices"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

const (
	sharedWait = 20 * time.Millisecond  // at least, before what others may answer as well (RFC 6762, 6)
	moreWait   = 400 * time.Millisecond // … when the asker has more to tell (7.2)
	anyWait    = 100 * time.Millisecond // more, by chance
)

// late is an answer that may have to wait, so that not everybody speaks at once.
type late struct {
	answer
	at    *place
	alone bool // to the asker, with the id of the question
	id    uint16

	what   []heading // the questions
	wanted bool      // by somebody else as well, whatever the asker knows
}

// say gives an answer when it is time for it.
func (e *ear) say(l *late, more bool) {
	wait := time.Duration(0)
	switch {
	case more:
		wait = moreWait + rand.N(anyWait)
	case slices.ContainsFunc(l.answers, func(r dnsmessage.Resource) bool { return r.Header.Class&flush == 0 }):
		wait = sharedWait + rand.N(anyWait)
	default:
		l.give()
		return
	}
	e.mu.Lock()
	e.waiting = append(e.waiting, l)
	e.mu.Unlock()
	e.work.Go(func() {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-e.over:
			return
		case <-timer.C:
		}
		e.mu.Lock()
		e.waiting = slices.DeleteFunc(e.waiting, func(one *late) bool { return one == l })
		e.mu.Unlock()
		l.give()
	})
}

// give sends it.
func (l *late) give() {
	packet := l.packet(l.id)
	switch {
	case packet == nil:
	case l.alone:
		_, _ = l.at.socket.WriteToUDPAddrPort(packet, l.at.from)
	default:
		l.at.send(packet)
	}
}

// waits reports whether an answer to the sender of a packet waits.
func (e *ear) waits(at *place) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.ContainsFunc(e.waiting, func(l *late) bool { return l.at.from == at.from })
}

// knows drops of the answers to somebody what that one has told meanwhile to know.
func (e *ear) knows(at *place, known []dnsmessage.Resource) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, l := range e.waiting {
		if l.at.from != at.from || l.wanted {
			continue
		}
		if l.answers = unknown(l.answers, known); len(l.answers) == 0 {
			for _, what := range l.what {
				delete(e.last, what) // the next one who asks was not told
			}
		}
	}
}
