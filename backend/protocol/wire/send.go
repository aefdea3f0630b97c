package wire

import (
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strconv"
	"time"
)

// Content is something with a known length that can be sent from any place: a vfs.File, an archive.
type Content interface {
	// SendTo writes n bytes from off to w; fewer only with an error.
	SendTo(w io.Writer, off, n int64) (int64, error)
}

// Representation is what Send answers with. Content-Type and everything about security are already
// in the header of the response.
type Representation struct {
	Content  Content
	Size     int64
	Tag      string // strong entity tag, see Tag
	Modified time.Time
}

// Send answers a GET or HEAD with the whole, with one or many ranges, with 304, 412 or 416. An
// error after the first byte of the body means that the answer is cut: the caller ends the
// connection, so that the client sees it.
func Send(w http.ResponseWriter, r *http.Request, rep Representation) error {
	h := w.Header()
	h.Set("Accept-Ranges", "bytes")
	if rep.Tag != "" {
		h.Set("ETag", rep.Tag)
	}
	if !rep.Modified.IsZero() && rep.Modified.Unix() > 0 {
		h.Set("Last-Modified", rep.Modified.UTC().Format(http.TimeFormat))
	}
	now := State{Tag: rep.Tag, Modified: rep.Modified}
	if status := Conditions(r, now); status != 0 {
		bodiless(w, status)
		return nil
	}
	value := field(r, "Range")
	if value == "" || r.Method != http.MethodGet || !rangeHolds(r, now) {
		return whole(w, r, rep)
	}
	ranges, satisfiable := ParseRanges(value, rep.Size)
	switch {
	case !satisfiable:
		h.Set("Content-Range", "bytes */"+strconv.FormatInt(rep.Size, 10))
		bodiless(w, http.StatusRequestedRangeNotSatisfiable)
		return nil
	case len(ranges) == 0:
		return whole(w, r, rep)
	case len(ranges) == 1:
		return piece(w, rep, ranges[0])
	}
	return pieces(w, rep, ranges)
}

// bodiless ends with a status that speaks for itself.
func bodiless(w http.ResponseWriter, status int) {
	h := w.Header()
	h.Del("Content-Disposition")
	h.Del("Content-Length")
	if status != http.StatusNotModified {
		h.Del("ETag")
		h.Del("Last-Modified")
		h.Set("Content-Length", "0")
	}
	h.Del("Content-Type")
	w.WriteHeader(status)
}

func whole(w http.ResponseWriter, r *http.Request, rep Representation) error {
	w.Header().Set("Content-Length", strconv.FormatInt(rep.Size, 10))
	w.WriteHeader(http.StatusOK)
	if r.Method == http.MethodHead {
		return nil
	}
	return send(w, rep.Content, 0, rep.Size)
}

func piece(w http.ResponseWriter, rep Representation, r Range) error {
	h := w.Header()
	h.Set("Content-Range", r.ContentRange(rep.Size))
	h.Set("Content-Length", strconv.FormatInt(r.Length, 10))
	w.WriteHeader(http.StatusPartialContent)
	return send(w, rep.Content, r.Start, r.Length)
}

// pieces is multipart/byteranges (RFC 9110, 14.6), its length known.
func pieces(w http.ResponseWriter, rep Representation, ranges []Range) error {
	h := w.Header()
	kind := h.Get("Content-Type")
	var length counter
	m := multipart.NewWriter(&length)
	boundary := m.Boundary()
	for _, r := range ranges {
		// Writing to a counter cannot fail.
		_, _ = m.CreatePart(partHeader(kind, r, rep.Size))
		length += counter(r.Length)
	}
	_ = m.Close()
	h.Set("Content-Type", "multipart/byteranges; boundary="+boundary)
	h.Set("Content-Length", strconv.FormatInt(int64(length), 10))
	w.WriteHeader(http.StatusPartialContent)

	m = multipart.NewWriter(w)
	if err := m.SetBoundary(boundary); err != nil {
		return err
	}
	for _, r := range ranges {
		if _, err := m.CreatePart(partHeader(kind, r, rep.Size)); err != nil {
			return err
		}
		if err := send(w, rep.Content, r.Start, r.Length); err != nil {
			return err
		}
	}
	return m.Close()
}

func partHeader(kind string, r Range, size int64) textproto.MIMEHeader {
	return textproto.MIMEHeader{"Content-Type": {kind}, "Content-Range": {r.ContentRange(size)}}
}

func send(w io.Writer, c Content, off, n int64) error {
	if n == 0 {
		return nil
	}
	sent, err := c.SendTo(w, off, n)
	if err == nil && sent != n {
		return fmt.Errorf("%w: %d of %d bytes", io.ErrUnexpectedEOF, sent, n)
	}
	return err
}

// counter counts what would be written.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
