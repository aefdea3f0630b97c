package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"

	"portico/backend/access"
	"portico/backend/problem"
	"portico/backend/share"
	"portico/frontend"
)

// allowed are the verbs of the tree.
const allowed = "OPTIONS, GET, HEAD, PUT, POST, DELETE, MKCOL, COPY, MOVE"

// fail answers with what went wrong, in the form that the client reads. The words come from the one
// table of the house (package problem).
func (d *Door) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := problem.For(err, d.identityAt(r))
	if p.Status == http.StatusInternalServerError {
		d.log.Error("a request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	if errors.Is(err, share.ErrPassword) {
		d.failLocked(w, r, p)
		return
	}
	h := w.Header()
	clearContent(h)
	var asked *share.Asked
	if errors.As(err, &asked) && asked.Answer != share.Crowded && formOf(r) == formPage {
		d.failAsked(w, r, p, asked)
		return
	}
	if p.Retry > 0 {
		h.Set("Retry-After", strconv.Itoa(p.Retry))
	}
	if p.Status == http.StatusMethodNotAllowed {
		h.Set("Allow", d.allows())
	}
	form := formOf(r)
	if p.Status == http.StatusUnauthorized && form != formPage && !browser(r) {
		h.Set("WWW-Authenticate", `Basic realm="Portico", charset="UTF-8"`)
	}
	switch {
	case form == formJSON:
		p.Write(w)
	case form == formPage && p.Status == http.StatusUnauthorized:
		d.render(w, r, p.Status, &frontend.Page{Kind: frontend.KindSignIn, NeedName: true, Return: returnTo(r)})
	case form == formPage:
		d.render(w, r, p.Status, failedPage(r, p))
	case !terse(r.UserAgent()) && d.dav() && d.o.DAV.Refuse(w, r, err):
	default:
		failText(w, p)
	}
}

// failLocked asks for the password of a share: pages by a form, programs by Basic.
func (d *Door) failLocked(w http.ResponseWriter, r *http.Request, p *problem.Problem) {
	clearContent(w.Header())
	form := formOf(r)
	if form != formPage && !browser(r) {
		w.Header().Set("WWW-Authenticate", `Basic realm="Portico share", charset="UTF-8"`)
	}
	switch form {
	case formJSON:
		p.Write(w)
	case formPage:
		d.render(w, r, p.Status, &frontend.Page{Kind: frontend.KindSignIn, Share: true, Return: returnTo(r)})
	default:
		failText(w, p)
	}
}

// failText is one line with a code.
func failText(w http.ResponseWriter, p *problem.Problem) {
	text := p.Detail
	if p.Next != "" {
		text += " " + p.Next
	}
	sayText(w, p.Status, text+" ["+p.Code+"]\n")
}

func failedPage(r *http.Request, p *problem.Problem) *frontend.Page {
	page := &frontend.Page{Kind: frontend.KindError, Status: p.Status, Title: p.Title, Problem: pageProblem(p), Path: r.URL.EscapedPath()}
	switch p.Status {
	case http.StatusServiceUnavailable, http.StatusTooManyRequests:
		page.Problem.Href = r.URL.EscapedPath()
		if p.Status == http.StatusServiceUnavailable {
			page.Kind = frontend.KindAbsent
		}
	}
	return page
}

func pageProblem(p *problem.Problem) *frontend.Problem {
	out := &frontend.Problem{Cause: p.Detail, Done: p.Did, Code: p.Code}
	if p.Next != "" {
		if out.Done != "" {
			out.Done += " "
		}
		out.Done += p.Next
	}
	return out
}

// identityAt is whose eyes an error is for: the share's where the path is a share's.
func (d *Door) identityAt(r *http.Request) access.Identity {
	s, _, err := d.o.Front.place(r, r.URL.Path)
	if err == nil {
		return s.Identity()
	}
	if key, _ := cutShare(r.URL.Path); key != "" {
		return access.Identity{Kind: access.Link}
	}
	id, _ := d.o.Front.Identity(r)
	return id
}

// returnTo is where to go after signing in: this place, for another GET.
func returnTo(r *http.Request) string {
	if r.URL.RawQuery == "" || r.Method != http.MethodGet {
		return r.URL.EscapedPath()
	}
	return r.URL.EscapedPath() + "?" + r.URL.RawQuery
}

// browser reports whether a browser asks, perhaps from a script of a page: it would show its own
// ugly window for Basic.
func browser(r *http.Request) bool {
	const mark = "Mozilla/"
	agent := r.UserAgent()
	return len(agent) >= len(mark) && agent[:len(mark)] == mark
}

// clearContent takes away what was said of content that does not come.
func clearContent(h http.Header) {
	for _, name := range []string{"Content-Disposition", "Content-Length", "Content-Range", "Content-Encoding", "ETag", "Last-Modified", "Accept-Ranges"} {
		h.Del(name)
	}
}

func sayText(w http.ResponseWriter, status int, text string) {
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(status)
	// The client may be gone.
	_, _ = io.WriteString(w, text)
}

// cameShort turns what reading a body said into a problem of the client's: the house has words for
// its own errors only.
func cameShort(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &problem.Problem{Status: http.StatusRequestTimeout, Code: "NET-SLOW-01", Title: "Nothing came any more",
			Detail: "The upload stopped half way.", Did: "What came of it was thrown away.", Next: "Send it again."}
	}
	return &problem.Problem{Status: http.StatusBadRequest, Code: "NET-CUT-01", Title: "The upload was cut",
		Detail: "Fewer or other bytes came than were announced.", Did: "What came of it was thrown away.", Next: "Send it again."}
}

// badRequest is for what the request says, not for what it asks for.
func badRequest(code, detail string) error {
	return &problem.Problem{Status: http.StatusBadRequest, Code: code, Title: "The request is not understood", Detail: detail, Did: "Nothing was changed."}
}

// render answers with a page.
func (d *Door) render(w http.ResponseWriter, r *http.Request, status int, p *frontend.Page) {
	v, err := visitOf(r)
	if err != nil {
		problem.Broken().Write(w)
		return
	}
	p.Status, p.Host, p.Encrypted = status, d.o.Host(), v.origin.secure
	if who := v.caller(r); who.err == nil && who.identity.Kind != access.Guest && p.Who == "" && !p.Share {
		p.Who = who.identity.Name
	}
	var out bytes.Buffer
	if err := frontend.Render(&out, p); err != nil {
		d.log.Error("a page could not be made", "path", r.URL.Path, "error", err)
		problem.Broken().Write(w)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", frontend.Policy)
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	privately(h)
	body := packed(w, r, status)
	if r.Method != http.MethodHead {
		// The client may be gone.
		_, _ = out.WriteTo(body)
	}
	body.Close()
}

// privately keeps an answer out of shared caches, and makes the browser ask each time.
func privately(h http.Header) {
	h.Set("Cache-Control", "private, no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept, Accept-Encoding, Authorization, Cookie, PW, User-Agent")
}
