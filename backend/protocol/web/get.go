package web

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"

	"portico/backend/protocol/wire"
	"portico/backend/vfs"
)

// get answers GET and HEAD: a file with its content, a folder with a listing. A file asked for with
// a slash at the end is not there; a folder asked for without one sends browsers to the place with it.
func (d *Door) get(w *flow, r *http.Request) {
	s, name, err := d.o.Front.place(r, r.URL.Path)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	var query url.Values
	if r.URL.RawQuery != "" {
		query = r.URL.Query()
	}
	if query.Has("info") {
		d.info(w, r, s, name)
		return
	}
	if strings.HasSuffix(name, "/") {
		d.folder(w, r, s, name, query)
		return
	}
	f, err := s.Open(name)
	switch {
	case errors.Is(err, vfs.ErrKind):
		d.folder(w, r, s, name, query)
	case err != nil:
		d.refusedFile(w, r, s, name, query, err)
	default:
		defer f.Close()
		d.file(w, r, f, query)
	}
}

// refusedFile looks once more: what cannot be opened may still be a folder for this caller.
func (d *Door) refusedFile(w *flow, r *http.Request, s *opened, name string, query url.Values, err error) {
	if e, err := s.Stat(name); err == nil && e.IsFolder() {
		d.folder(w, r, s, name, query)
		return
	}
	d.fail(w, r, err)
}

// file sends content.
func (d *Door) file(w *flow, r *http.Request, f *vfs.File, query url.Values) {
	e := f.Entry()
	if query.Has("th") && d.o.Thumbs != nil {
		d.thumb(w, r, f, query.Get("th"))
		return
	}
	media := wire.MediaOf(e.Name, func() []byte {
		head := make([]byte, wire.SniffLen)
		// A file that cannot be read says so below.
		n, _ := f.ReadAt(head, 0)
		return head[:n]
	})
	save := ""
	if query.Has("dl") {
		save = e.Name
		if as := path.Base(query.Get("dl")); as != "." && as != "/" && as != "1" {
			save = as
		}
	}
	h := w.Header()
	ownPagesOnly(h)
	media.Announce(h, e.Name, query.Has("view"), save)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Authorization, Cookie, PW")
	rep := wire.Representation{Content: f, Size: e.Size, Tag: wire.Tag(e.Version), Modified: e.ModTime}
	if err := wire.Send(w, r, rep); err != nil {
		d.cut(w, r, err)
	}
}

// ownPagesOnly keeps other sites from embedding what is served here.
func ownPagesOnly(h http.Header) { h.Set("Cross-Origin-Resource-Policy", "same-origin") }

// cut ends the connection of an answer that cannot be completed, so that the client sees it.
func (d *Door) cut(w *flow, r *http.Request, err error) {
	d.log.Debug("an answer was cut", "path", r.URL.Path, "error", err)
	if !w.began {
		d.fail(w, r, err)
		return
	}
	panic(http.ErrAbortHandler)
}
