package web

import (
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"portico/backend/protocol/wire"
	"portico/backend/vfs"
)

// put makes or replaces a file, or a piece of one (Content-Range). Guards are asked before the body
// is read, so "Expect: 100-continue" is answered with the refusal instead.
func (d *Door) put(w *flow, r *http.Request) {
	s, name, err := d.o.Front.place(r, r.URL.Path)
	if err == nil && strings.HasSuffix(name, "/") {
		err = &vfs.Error{Verb: string(vfs.VerbCreate), Path: name, Err: vfs.ErrKind, Text: "A file needs a name: this address ends with a slash."}
	}
	var o vfs.CreateOptions
	if err == nil {
		o, err = putOptions(r, s.Session, name)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if value := r.Header.Get("Content-Range"); value != "" {
		d.putPiece(w, r, s, name, o, value)
		return
	}
	out, err := s.Create(name, o)
	if err != nil && !o.Parents {
		err = d.changed(r, err, http.StatusConflict)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.receive(w, r, out, func() (vfs.Result, error) { return take(w, out, r.Body) })
}

// receive fills a writer, commits it and answers. Whatever fails leaves nothing, and is told at once: a
// client that sends slowly does not first have to send the rest.
func (d *Door) receive(w *flow, r *http.Request, out *vfs.Writer, fill func() (vfs.Result, error)) {
	res, err := fill()
	if err != nil {
		// What is thrown away may already be gone.
		_ = out.Abort()
		rest := w.unread(r)
		d.fail(w, r, err)
		rest()
		return
	}
	d.stored(w, r, res)
}

// take copies a body into a writer and commits it.
func take(w *flow, out *vfs.Writer, body io.Reader) (vfs.Result, error) {
	in := &remembering{Reader: body}
	_, err := out.ReadFrom(waking{in, w.control})
	if err != nil && errors.Is(err, in.err) {
		err = cameShort(err)
	}
	if err != nil {
		return vfs.Result{}, err
	}
	return out.Commit()
}

// waking is a body whose reading ends when the stop button is pressed, also while the client sends nothing.
type waking struct {
	io.Reader
	control *http.ResponseController
}

// SetReadDeadline is what a vfs.Writer wakes a reader with.
func (b waking) SetReadDeadline(at time.Time) error { return b.control.SetReadDeadline(at) }

// remembering remembers whether reading failed, to tell a cut client from a full disk.
type remembering struct {
	io.Reader
	err error
}

func (s *remembering) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// putOptions reads what the headers of a PUT say.
func putOptions(r *http.Request, s *vfs.Session, name string) (vfs.CreateOptions, error) {
	o := vfs.CreateOptions{OnExist: vfs.ReplaceOrKeepBoth, Parents: true, Size: r.ContentLength}
	if mounted(r) {
		o.OnExist, o.Parents = vfs.Replace, false
	}
	if o.Size < 0 {
		o.Size = expected(r)
	}
	switch exists := r.Header.Get("X-Portico-Exists"); exists {
	case "":
	case "keep":
		o.OnExist = vfs.KeepBoth
	case "replace":
		o.OnExist = vfs.Replace
	case "skip":
		o.OnExist, o.IfNone = vfs.Refuse, true
	default:
		return o, badRequest("WEB-EXISTS-01", "X-Portico-Exists is keep, replace or skip.")
	}
	var err error
	if o.ModTime, err = sentTime(r); err != nil {
		return o, err
	}
	return o, preconditions(r, s, name, &o)
}

// expected is the length that Finder tells of a body in chunks, -1 where nobody does: what does not fit is
// refused before it comes.
func expected(r *http.Request) int64 {
	n, err := strconv.ParseInt(r.Header.Get("X-Expected-Entity-Length"), 10, 64)
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// mostTime is in seconds, on both sides of 1970: files keep nanoseconds in 64 bits, which end in 2262.
const mostTime = 9e9

// sentTime is the time that the client's file has, zero where it does not say.
func sentTime(r *http.Request) (time.Time, error) {
	if value := r.Header.Get("X-Portico-Modified"); value != "" {
		ms, err := strconv.ParseInt(value, 10, 64)
		if err != nil || ms < -mostTime*1000 || ms > mostTime*1000 {
			return time.Time{}, badRequest("WEB-TIME-01", "X-Portico-Modified is a number of milliseconds since 1970.")
		}
		return time.UnixMilli(ms), nil
	}
	if value := r.Header.Get("X-OC-Mtime"); value != "" {
		sec, err := strconv.ParseFloat(value, 64)
		if err != nil || sec != sec || sec < -mostTime || sec > mostTime {
			return time.Time{}, badRequest("WEB-TIME-01", "X-OC-Mtime is a number of seconds since 1970.")
		}
		return time.UnixMilli(int64(sec * 1000)), nil
	}
	return time.Time{}, nil
}

// preconditions evaluates If-Match and its kin against what is there now, and lets the commit check
// again what can be checked again.
func preconditions(r *http.Request, s *vfs.Session, name string, o *vfs.CreateOptions) error {
	if !conditional(r) {
		return nil
	}
	now, err := stateOf(s, name)
	if err != nil {
		return err
	}
	if wire.Conditions(r, now) != 0 {
		return &vfs.Error{Verb: string(vfs.VerbCreate), Path: name, Err: vfs.ErrPrecondition}
	}
	if r.Header.Get("If-Match") != "" {
		o.IfMatch, _ = wire.Version(now.Tag)
	}
	if tags, ok := wire.ParseTags(r.Header.Get("If-None-Match")); ok && tags.Any {
		o.IfNone = true
	}
	return nil
}

func conditional(r *http.Request) bool {
	for _, field := range []string{"If-Match", "If-None-Match", "If-Unmodified-Since"} {
		if r.Header.Get(field) != "" {
			return true
		}
	}
	return false
}

// stateOf is what stands at a name; the zero State where nothing does.
func stateOf(s *vfs.Session, name string) (wire.State, error) {
	e, err := s.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return wire.State{}, nil
	}
	if err != nil {
		return wire.State{}, err
	}
	return wire.State{Tag: wire.Tag(e.Version), Modified: e.ModTime}, nil
}

// stored answers for a file that is there now.
func (d *Door) stored(w *flow, r *http.Request, res vfs.Result) {
	h := w.Header()
	place := d.o.Front.Base(r) + res.Path
	h.Set("Location", wire.Href(place))
	h.Set("ETag", wire.Tag(res.Version))
	h.Set("X-Portico-Name", url.PathEscape(res.Name))
	h.Set("X-Portico-Sha256", res.SHA256)
	if r.Header.Get("X-OC-Mtime") != "" {
		h.Set("X-OC-MTime", "accepted")
	}
	status := http.StatusNoContent
	if res.Created {
		status = http.StatusCreated
	}
	if formOf(r) == formJSON {
		d.sayJSON(w, map[bool]int{true: http.StatusCreated, false: http.StatusOK}[res.Created], arrived{URL: wire.Href(place), Name: res.Name, Size: res.Size, SHA256: res.SHA256, Created: res.Created})
		return
	}
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return
	}
	sayText(w, status, d.absolute(r, wire.Href(place))+"\n")
}

// arrived is one stored file, as JSON tells it.
type arrived struct {
	URL     string `json:"url"`
	Name    string `json:"name"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
	Created bool   `json:"created"`
}

func (d *Door) sayJSON(w http.ResponseWriter, status int, body any) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	// The client may be gone.
	_ = enc.Encode(body)
}

// absolute is the URL of a place as the client reached this server.
func (d *Door) absolute(r *http.Request, href string) string {
	scheme := "http"
	if d.o.Front.Secure(r) {
		scheme = "https"
	}
	return scheme + "://" + r.Host + href
}
