package web

import (
	"net/http"
	"slices"

	"portico/backend/problem"
)

// tree serves the verbs of the tree: of the caller's at "/", of a share's at "/s/KEY/", of the caller's home at "/dav/".
func (d *Door) tree(w *flow, r *http.Request) {
	if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions}, r.Method) {
		if p := d.foreign(r); p != nil {
			d.fail(w, r, p)
			return
		}
	}
	if r.Header.Get("If") != "" && d.dav() {
		if err := d.o.DAV.Conditions(r); err != nil {
			d.fail(w, r, err)
			return
		}
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		d.get(w, r)
	case http.MethodOptions:
		d.options(w)
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusOK)
	case http.MethodPut:
		d.put(w, r)
	case http.MethodPost:
		d.post(w, r)
	case http.MethodDelete:
		d.remove(w, r)
	case "MKCOL":
		d.makeFolder(w, r)
	case "COPY", "MOVE":
		d.relocate(w, r)
	default:
		if d.beyond(w, r) {
			return
		}
		d.fail(w, r, &problem.Problem{Status: http.StatusMethodNotAllowed, Code: "WEB-VERB-01", Title: "Not like this",
			Detail: "Files and folders do not answer to " + printable(r.Method) + ".", Next: "See the Allow header."})
	}
}

// foreign refuses what another site made a browser send. Only what a browser never adds by itself
// is exempt.
func (d *Door) foreign(r *http.Request) error {
	if !ambient(r) {
		return nil
	}
	if err := d.origin.Check(r); err != nil {
		return &problem.Problem{Status: http.StatusForbidden, Code: "NET-SITE-01", Title: "Refused",
			Detail: "Another site tried to do this through your browser.", Did: "Nothing was changed.", Next: "Open the page itself and try there."}
	}
	return nil
}
