package web

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"time"

	"portico/backend/listen"
)

// maxPeeks connections may have sent nothing yet; beyond, the oldest goes.
const maxPeeks = 512

// split accepts on several ports and hands http.Server a *tls.Conn or the *net.TCPConn itself,
// whichever the first byte asks for: sendfile and HTTP/2 must see them bare.
type split struct {
	ls     []*net.TCPListener
	config *tls.Config   // nil: plain HTTP only
	peek   time.Duration // for the first byte
	listen listen.Spec   // is told of every connection, and of those that make way

	ready chan net.Conn
	done  chan struct{}
	end   sync.Once
	work  sync.WaitGroup

	mu    sync.Mutex
	slots [maxPeeks]*net.TCPConn
	next  int
}

func newSplit(ls []*net.TCPListener, config *tls.Config, peek time.Duration, l listen.Spec) *split {
	s := &split{ls: ls, config: config, peek: peek, listen: l, ready: make(chan net.Conn), done: make(chan struct{})}
	for _, l := range ls {
		s.work.Go(func() { s.accept(l) })
	}
	return s
}

// Accept is net.Listener's: it waits for the next connection whose first byte came.
func (s *split) Accept() (net.Conn, error) {
	select {
	case c := <-s.ready:
		return c, nil
	case <-s.done:
		return nil, net.ErrClosed
	}
}

// Addr is the first address; the door knows them all.
func (s *split) Addr() net.Addr { return s.ls[0].Addr() }

// Close refuses new connections and drops those that said nothing yet.
func (s *split) Close() error {
	s.end.Do(func() {
		close(s.done)
		for _, l := range s.ls {
			l.Close()
		}
		s.mu.Lock()
		for _, c := range s.slots {
			if c != nil {
				c.Close()
			}
		}
		s.mu.Unlock()
		s.work.Wait()
	})
	return nil
}

// accept never waits for a client: what it takes goes to a goroutine of its own at once.
func (s *split) accept(l *net.TCPListener) {
	pause := time.Duration(0)
	for {
		c, err := l.AcceptTCP()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			// Out of descriptors, most likely: wait until some come back.
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			select {
			case <-time.After(pause):
				continue
			case <-s.done:
				return
			}
		}
		pause = 0
		s.listen.Came(c)
		slot, ok := s.enter(c)
		if !ok {
			c.Close()
			return
		}
		s.work.Go(func() { s.tell(c, slot) })
	}
}

// enter takes a slot for a silent connection. The oldest one goes when all are taken, so that
// a thousand silent clients cannot keep out one that speaks.
func (s *split) enter(c *net.TCPConn) (slot int, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.done:
		return 0, false
	default:
	}
	slot = s.next
	s.next = (s.next + 1) % maxPeeks
	if old := s.slots[slot]; old != nil {
		s.listen.TurnAway(addrOf(c.RemoteAddr()), listen.Crowd(false))
		old.Close()
	}
	s.slots[slot] = c
	return slot, true
}

func (s *split) leave(c *net.TCPConn, slot int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.slots[slot] == c {
		s.slots[slot] = nil
	}
}

// tell looks at the first byte and passes the connection on.
func (s *split) tell(c *net.TCPConn, slot int) {
	first, conn, err := s.first(c)
	s.leave(c, slot)
	if err != nil {
		c.Close()
		return
	}
	const handshake = 0x16 // the record type that begins TLS
	if first == handshake && s.config != nil {
		conn = tls.Server(conn, s.config)
	}
	select {
	case s.ready <- conn:
	case <-s.done:
		c.Close()
	}
}

// first waits for one byte without taking it. conn is c itself where the system can look ahead.
func (s *split) first(c *net.TCPConn) (b byte, conn net.Conn, err error) {
	if err := c.SetReadDeadline(time.Now().Add(s.peek)); err != nil {
		return 0, nil, err
	}
	b, conn, err = peek(c)
	if err != nil {
		return 0, nil, err
	}
	return b, conn, c.SetReadDeadline(time.Time{})
}
