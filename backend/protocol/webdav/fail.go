package webdav

import (
	"errors"
	"io/fs"
	"net/http"
	"strconv"

	"portico/backend/problem"
	"portico/backend/vfs"
)

// precondition is a refusal for which RFC 4918, 16, has an element.
type precondition struct {
	status  int
	element string // "no-conflicting-lock"
	at      string // name in the session's tree that the element shall name; "" none
}

func (p *precondition) Error() string { return "webdav: " + p.element }

func (p *precondition) write(w http.ResponseWriter, base string) {
	b := []byte(xmlHead + `<D:error xmlns:D="DAV:"><D:` + p.element)
	if p.at == "" {
		b = append(b, "/>"...)
	} else {
		b = append(b, "><D:href>"...)
		b = appendHref(b, base, p.at, false)
		b = append(b, "</D:href></D:"+p.element+">"...)
	}
	send(w, p.status, append(b, "</D:error>\n"...))
}

// send answers with one XML document.
func send(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	announce(h)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	// The client may be gone.
	_, _ = w.Write(body)
}

func announce(h http.Header) {
	h.Set("Content-Type", "application/xml; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
}

// locking says which lock stands in the way of a change, as RFC 4918 wants it said.
func locking(name string, err error) error {
	if errors.Is(err, vfs.ErrLocked) {
		return &precondition{status: http.StatusLocked, element: "lock-token-submitted", at: name}
	}
	return err
}

// parentless says 409 where the folder of a new name is missing.
func parentless(err error) error {
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	p := *problem.From(err)
	p.Status = http.StatusConflict
	return &p
}

func badRequest(code, detail string) error {
	return &problem.Problem{Status: http.StatusBadRequest, Code: code, Title: "The request is not understood", Detail: detail, Did: "Nothing was changed."}
}
