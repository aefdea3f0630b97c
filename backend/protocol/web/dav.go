package web

import (
	"net/http"
	"strings"
)

// DAV is WebDAV at the tree: the methods and conditions that HTTP itself has not. Nothing of it is asked
// while it is not open.
type DAV interface {
	Open() bool
	// Methods are those that Serve answers, as an Allow field lists them.
	Methods() string
	// Serve answers such a request; fail answers with an error in the form that the client reads.
	Serve(w http.ResponseWriter, r *http.Request, fail func(error))
	// Refuse answers with an error for which WebDAV has a form of its own; false where it has none.
	Refuse(w http.ResponseWriter, r *http.Request, err error) bool
	// Conditions judges the If field of a request, whatever its method.
	Conditions(r *http.Request) error
}

// dav reports whether WebDAV is spoken here.
func (d *Door) dav() bool { return d.o.DAV != nil && d.o.DAV.Open() }

// allows are the verbs of the tree, as an Allow field lists them.
func (d *Door) allows() string {
	if d.dav() {
		return allowed + ", " + d.o.DAV.Methods()
	}
	return allowed
}

// options tells what can be asked, before anybody signs in: Windows asks nothing else without MS-Author-Via.
func (d *Door) options(w http.ResponseWriter) {
	h := w.Header()
	h.Set("Allow", d.allows())
	if d.dav() {
		h["DAV"] = []string{"1, 2, 3"} // spelt as clients spell it
		h["MS-Author-Via"] = []string{"DAV"}
	}
}

// beyond answers the methods that only WebDAV has; false where this is none of them.
func (d *Door) beyond(w *flow, r *http.Request) bool {
	if !d.dav() {
		return false
	}
	for method := range strings.SplitSeq(d.o.DAV.Methods(), ", ") {
		if r.Method == method {
			d.o.DAV.Serve(w, r, func(err error) { d.fail(w, r, err) })
			return true
		}
	}
	return false
}

// mounted reports whether a request comes from a network drive: to a home, or from a program that says it
// speaks WebDAV, by its name or by a field that only such have. Such a PUT makes no folders on its way (RFC
// 4918, 9.7.1), and what it sends has the name that was asked, or none; curl, pages and scripts are spared
// the MKCOL, and keep both where they may only add. One that is not known here still gets what it sends to
// the place that it asked for: of scripts there are more names than of network drives, so those are listed.
func mounted(r *http.Request) bool {
	if _, home := cutHome(r.URL.Path); home || r.Header.Get("If") != "" || r.Header.Get("Translate") != "" {
		return true
	}
	agent := strings.ToLower(r.UserAgent())
	for _, name := range []string{"dav", "neon/", "gvfs", "rclone/"} {
		if strings.Contains(agent, name) {
			return true
		}
	}
	return false
}
