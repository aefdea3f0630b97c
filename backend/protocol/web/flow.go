package web

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"
)

// flow is one request as the watch sees it: it counts what goes through and knows while the client
// is being waited for. It is the ResponseWriter of every handler and keeps its fast path: ReadFrom
// reaches the connection itself.
type flow struct {
	http.ResponseWriter
	control *http.ResponseController
	link    *link
	shared  bool // HTTP/2: other requests use the connection too

	moved   atomic.Int64 // bytes that were given to or came from the client
	waiting atomic.Int32 // > 0 while inside a read or write on the client
	lost    atomic.Bool  // the client was given up

	began  bool // the header is out; owned by the handler
	corked bool // owned by the handler
	takes  bool // there is a body to read
	ended  bool // it was read to its end; owned by the handler
	base   mark // owned by the watch
}

// mark is a moment to measure progress from.
type mark struct {
	at    time.Time
	moved int64
	acked int64
}

func newFlow(w http.ResponseWriter, r *http.Request) *flow {
	return &flow{ResponseWriter: w, control: http.NewResponseController(w), link: linkOf(r.Context()), shared: r.ProtoMajor >= 2}
}

// follow watches the body of r too. r must be a copy: the server looks at the body of its own request
// to see whether a client waits for 100 Continue.
func (f *flow) follow(r *http.Request) {
	if r.Body != nil && r.Body != http.NoBody {
		r.Body, f.takes = &inflow{r.Body, f}, true
	}
}

func (f *flow) WriteHeader(status int) {
	f.began = f.began || status >= 200
	f.ResponseWriter.WriteHeader(status)
}

// bulk is from how many bytes at once on it pays to send full segments only.
const bulk = 64 << 10

// cork joins what is sent from here on; a connection that is shared is not touched.
func (f *flow) cork() {
	if !f.corked && !f.shared {
		f.corked = f.link.cork(true)
	}
}

func (f *flow) uncork() {
	if f.corked {
		f.corked = false
		f.link.cork(false)
	}
}

func (f *flow) Write(p []byte) (int, error) {
	if f.single(p) {
		defer f.uncork()
		defer f.Flush()
	}
	f.began = true
	f.waiting.Add(1)
	n, err := f.ResponseWriter.Write(p)
	f.waiting.Add(-1)
	f.moved.Add(int64(n))
	return n, err
}

// pending is how much the server keeps back of an answer before it writes to the connection.
const pending = 4 << 10

// single corks for a body that comes in one piece and would leave in two, because the server's buffer
// is full with the header and a part of it: it goes with the header.
func (f *flow) single(p []byte) bool {
	switch {
	case len(p) >= bulk:
		f.cork()
		return false
	case len(p) < pending/2 || f.moved.Load() > 0:
		return false
	}
	whole, err := strconv.Atoi(f.Header().Get("Content-Length"))
	if err != nil || whole != len(p) {
		return false
	}
	f.cork()
	return f.corked
}

// ReadFrom passes src on untouched where the connection can send it by itself.
func (f *flow) ReadFrom(src io.Reader) (total int64, err error) {
	direct, ok := f.ResponseWriter.(io.ReaderFrom)
	if !ok {
		return io.Copy(writer{f}, src)
	}
	limited, ok := src.(*io.LimitedReader)
	if ok && limited.N >= bulk {
		f.cork()
	}
	if !ok || sendPiece == 0 {
		return f.readFrom(direct, src)
	}
	for limited.N > 0 {
		piece := &io.LimitedReader{R: limited.R, N: min(limited.N, sendPiece)}
		n, err := f.readFrom(direct, piece)
		total += n
		limited.N -= n
		if err != nil || n == 0 {
			return total, err
		}
	}
	return total, nil
}

func (f *flow) readFrom(direct io.ReaderFrom, src io.Reader) (int64, error) {
	f.began = true
	f.waiting.Add(1)
	n, err := direct.ReadFrom(src)
	f.waiting.Add(-1)
	f.moved.Add(n)
	return n, err
}

// Flush is http.Flusher's.
func (f *flow) Flush() {
	f.began = true
	f.waiting.Add(1)
	// An error shows at the next write.
	_ = f.control.Flush()
	f.waiting.Add(-1)
}

// Hijack is http.Hijacker's.
func (f *flow) Hijack() (net.Conn, *bufio.ReadWriter, error) { return f.control.Hijack() }

// Unwrap lets http.ResponseController reach the writer inside.
func (f *flow) Unwrap() http.ResponseWriter { return f.ResponseWriter }

// unread is called before the answer to a request whose body is not wanted any more, and what it returns
// after it. Without it the server would read on, at the pace of the client, before it answers; with it the
// connection ends, a moment later, so that the client who is still sending sees the answer and no reset.
func (f *flow) unread(r *http.Request) (rest func()) {
	if f.shared || !f.takes || f.ended || f.lost.Load() {
		return func() {}
	}
	f.Header().Set("Connection", "close")
	return func() {
		_ = f.control.SetReadDeadline(time.Now().Add(lingers))
		f.Flush()
		// What comes now is thrown away; that it ends is all that matters.
		_, _ = io.CopyN(io.Discard, r.Body, lingersFor)
		_ = f.control.SetReadDeadline(time.Unix(1, 0))
		f.takes = false
	}
}

// For how long, and for how many bytes, the rest of a body is read after the answer.
const (
	lingers    = time.Second
	lingersFor = 8 << 20
)

// finish bounds what the server still sends and reads for this request after the handler.
func (f *flow) finish(window time.Duration) {
	f.uncork()
	if f.shared {
		return
	}
	// What has no deadlines has no slow client either. The server takes both away before the next request.
	end := time.Now().Add(window)
	if f.takes {
		_ = f.control.SetReadDeadline(end)
	}
	_ = f.control.SetWriteDeadline(end)
}

// cut ends every read and write that waits for the client.
func (f *flow) cut() {
	f.lost.Store(true)
	past := time.Unix(1, 0)
	_ = f.control.SetReadDeadline(past)
	_ = f.control.SetWriteDeadline(past)
}

// inflow is the body of a request.
type inflow struct {
	io.ReadCloser
	f *flow
}

func (b *inflow) Read(p []byte) (int, error) {
	b.f.waiting.Add(1)
	n, err := b.ReadCloser.Read(p)
	b.f.waiting.Add(-1)
	b.f.moved.Add(int64(n))
	b.f.ended = b.f.ended || err == io.EOF
	return n, err
}

// writer hides ReadFrom.
type writer struct{ io.Writer }
