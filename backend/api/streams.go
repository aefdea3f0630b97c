package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"time"

	"portico/backend/problem"
)

const (
	streamsEach  = 64   // event streams of one address (a house behind one router shares it)
	streamsAll   = 1024 // event streams in all
	writePatient = 10 * time.Second
)

// streams counts the open event streams and ends them together.
type streams struct {
	mu   sync.Mutex
	by   map[string]int
	all  int
	stop chan struct{} // closed by close
	once sync.Once
}

func newStreams() *streams { return &streams{by: map[string]int{}, stop: make(chan struct{})} }

func (s *streams) close() { s.once.Do(func() { close(s.stop) }) }

// enter takes a place for remote; leave gives it back.
func (s *streams) enter(remote string) (leave func(), p *problem.Problem) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.by[remote] >= streamsEach || s.all >= streamsAll {
		return nil, &problem.Problem{Status: http.StatusTooManyRequests, Code: "NET-MANY-01", Title: "Too many open pages",
			Detail: "This address follows more folders at once than it may.", Next: "Close some of the pages.", Retry: 30}
	}
	s.by[remote]++
	s.all++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.all--
		if s.by[remote]--; s.by[remote] == 0 {
			delete(s.by, remote)
		}
	}, nil
}

// wire writes server-sent events to one client.
type wire struct {
	w  http.ResponseWriter
	rc *http.ResponseController
}

func newWire(w http.ResponseWriter) wire {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // a proxy that buffers would hold every event back
	return wire{w, http.NewResponseController(w)}
}

// send writes one event and pushes it out. id 0 leaves the client's cursor where it is.
func (s wire) send(name string, id int64, data any) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("event: " + name + "\n")
	if id > 0 {
		b.WriteString("id: " + strconv.FormatInt(id, 10) + "\n")
	}
	b.WriteString("data: ")
	b.Write(text)
	b.WriteString("\n\n")
	return s.push(b.Bytes())
}

// beat keeps proxies from closing a quiet connection, and finds out that the client is gone.
func (s wire) beat() error { return s.push([]byte(": \n\n")) }

func (s wire) push(p []byte) error {
	// A writer without deadlines (a test's recorder) has no slow client either.
	_ = s.rc.SetWriteDeadline(time.Now().Add(writePatient))
	if _, err := s.w.Write(p); err != nil {
		return err
	}
	return s.rc.Flush()
}
