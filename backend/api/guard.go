package api

import (
	"io"
	"net/http"
	"strings"
	"time"

	"portico/backend/problem"
)

const (
	bodyLimit = 1 << 20 // bytes of a JSON body
	wideLimit = 8 << 20 // … where up to 10,000 paths may come

	bodyPause = 30 * time.Second // a body from which nothing came for so long is given up
)

// foreign refuses requests that another site made this browser send, and names that are not ours.
//
// Requests that change something must come from our own pages. A request with a bearer token is
// exempt: no browser adds one by itself. Basic is not exempt, because browsers do add that, and
// programs that use it send no Origin, so that they pass anyway.
func (a *API) foreign(r *http.Request) *problem.Problem {
	if a.o.Host != nil && !a.o.Host(r.Host) {
		return &problem.Problem{Status: http.StatusMisdirectedRequest, Code: "NET-HOST-01", Title: "Wrong address",
			Detail: "This computer is not known under that name.", Did: "Nothing was changed.",
			Next: "Open one of the addresses that the share shows."}
	}
	if scheme, _, _ := strings.Cut(r.Header.Get("Authorization"), " "); strings.EqualFold(scheme, "Bearer") {
		return nil
	}
	if err := a.origin.Check(r); err != nil {
		return &problem.Problem{Status: http.StatusForbidden, Code: "NET-SITE-01", Title: "Refused",
			Detail: "Another site tried to do this with your sign-in.", Did: "Nothing was changed.",
			Next: "Open the page itself and try there."}
	}
	return nil
}

// streaming reports whether the body of r is content, which paces itself.
func (a *API) streaming(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/-/tus/") }

// patient reads a small body and gives up on a client that stalls. The deadline ends with the body:
// left standing it would end the request while a long operation runs.
type patient struct {
	io.ReadCloser
	rc *http.ResponseController
}

func newPatient(w http.ResponseWriter, body io.ReadCloser) *patient {
	return &patient{body, http.NewResponseController(w)}
}

func (p *patient) Read(b []byte) (int, error) {
	// A writer without deadlines (a test's recorder) has no slow client either.
	_ = p.rc.SetReadDeadline(time.Now().Add(bodyPause))
	n, err := p.ReadCloser.Read(b)
	if err != nil {
		_ = p.rc.SetReadDeadline(time.Time{})
	}
	return n, err
}

// refuse answers what the mux has no handler for, in our own words and with its own headers.
func refuse(by http.Handler, w http.ResponseWriter, r *http.Request) {
	probe := &verdict{header: w.Header(), status: http.StatusOK}
	by.ServeHTTP(probe, r)
	p := problem.Absent()
	if probe.status == http.StatusMethodNotAllowed {
		p = &problem.Problem{Status: probe.status, Code: "WEB-VERB-01", Title: "Not like this",
			Detail: "This address does not answer to " + r.Method + ".", Next: "See the Allow header."}
	}
	p.Write(w)
}

// verdict keeps the status and the headers of an answer and drops its text.
type verdict struct {
	header http.Header
	status int
}

func (v *verdict) Header() http.Header         { return v.header }
func (v *verdict) WriteHeader(status int)      { v.status = status }
func (v *verdict) Write(p []byte) (int, error) { return len(p), nil }
