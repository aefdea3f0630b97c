package webdav

import (
	"errors"
	"io/fs"
	"net/http"
	"strconv"

	"portico/backend/problem"
	"portico/backend/vfs"
)

// precondition is a refusal for which RFC 4918, 16, or RFC 4331, 6, has an element.
type precondition struct {
	status  int
	element string // "no-conflicting-lock"
	at      string // name in the session's tree that the element shall name; "" none
	text    string // for a person
}

func (p *precondition) Error() string { return "webdav: " + p.element }

// write puts the sentence behind the element: programs ignore what they do not know (RFC 4918, 17).
func (p *precondition) write(w http.ResponseWriter, base string) {
	b := []byte(xmlHead + `<D:error xmlns:D="DAV:"><D:` + p.element)
	if p.at == "" {
		b = append(b, "/>"...)
	} else {
		b = append(b, "><D:href>"...)
		b = appendHref(b, base, p.at, false)
		b = append(b, "</D:href></D:"+p.element+">"...)
	}
	b = append(b, "<D:responsedescription>"...)
	b = appendText(b, p.text)
	send(w, p.status, append(b, "</D:responsedescription></D:error>\n"...))
}

// preconditionOf is what err is in WebDAV's own words; nil where it has none.
func preconditionOf(err error) *precondition {
	var p *precondition
	if errors.As(err, &p) {
		return p
	}
	for _, row := range []struct {
		is      error
		status  int
		element string
	}{
		{vfs.ErrLocked, http.StatusLocked, "lock-token-submitted"},
		{vfs.ErrQuota, http.StatusInsufficientStorage, "quota-not-exceeded"},
		{vfs.ErrNoSpace, http.StatusInsufficientStorage, "sufficient-disk-space"},
	} {
		if errors.Is(err, row.is) {
			return newPrecondition(row.status, row.element, err)
		}
	}
	return nil
}

// newPrecondition takes the words of err, and the name on which the lock hangs that stands in the way.
func newPrecondition(status int, element string, err error) *precondition {
	words := problem.From(err)
	p := &precondition{status: status, element: element, text: words.Detail + " " + words.Next + " [" + words.Code + "]"}
	var told *vfs.Error
	if errors.As(err, &told) && errors.Is(err, vfs.ErrLocked) {
		if p.at = told.At; p.at == "" {
			p.at = told.Path
		}
	}
	return p
}

// Refuse answers with an error for which WebDAV has an element of its own, whatever the method; false where
// it has none.
func (h *Handler) Refuse(w http.ResponseWriter, r *http.Request, err error) bool {
	p := preconditionOf(err)
	if p != nil {
		p.write(w, h.o.Base(r))
	}
	return p != nil
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
