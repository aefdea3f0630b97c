package web

import (
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strings"

	"portico/backend/access"
	"portico/backend/vfs"
)

// listing is a folder as one answer tells it, whatever its form.
type listing struct {
	path     string // URL path, decoded, with a slash at its end
	title    string
	host     string
	folder   vfs.Entry
	identity access.Identity
	free     int64 // -1: unknown
	total    int64
	entries  []vfs.Entry
	folders  int
	files    int
	bytes    int64
}

// folder answers a GET for a folder: packed, or listed in the form that the client reads.
func (d *Door) folder(w *flow, r *http.Request, s *opened, name string, query url.Values) {
	if format, ok := archiveFormat(query); ok {
		d.archive(w, r, s, name, format, query["f"])
		return
	}
	form := formOf(r)
	ls := query.Has("ls")
	if form == formPage && !ls && !strings.HasSuffix(r.URL.Path, "/") {
		d.addSlash(w, r, s, name)
		return
	}
	l, err := d.list(r, s, name)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	privately(w.Header())
	switch {
	case ls:
		d.copyparty(w, r, l, query)
	case form == formJSON:
		writeJSON(w, r, l)
	case form == formPage:
		d.folderPage(w, r, s, l, query)
	default:
		writeNames(w, r, l)
	}
}

// addSlash sends a browser to where relative links of the page work. It is not for ever: a folder
// may become a file.
func (d *Door) addSlash(w *flow, r *http.Request, s *opened, name string) {
	if _, err := s.Stat(name); err != nil {
		d.fail(w, r, err)
		return
	}
	privately(w.Header())
	target := r.URL.EscapedPath() + "/"
	if r.URL.RawQuery != "" {
		target += "?" + r.URL.RawQuery
	}
	redirect(w, target, http.StatusPermanentRedirect)
}

// list looks at a folder. Who may add but not look gets an empty listing.
func (d *Door) list(r *http.Request, s *opened, name string) (*listing, error) {
	e, err := s.Stat(name)
	if err != nil {
		return nil, err
	}
	if !e.IsFolder() {
		// "name/" is the name of a folder, and there is none.
		return nil, &vfs.Error{Verb: string(vfs.VerbList), Path: name, Err: fs.ErrNotExist}
	}
	entries, err := s.List(name)
	inbox := e.Rights.Has(access.Write) && !e.Rights.Has(access.Read)
	if err != nil && !(inbox && (errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist))) {
		return nil, err
	}
	l := &listing{path: base(r.URL.Path) + folderPath(e.Path), host: d.o.Host(), folder: e, identity: s.Identity(), entries: entries, free: -1}
	l.title = d.title(s, e)
	if free, total, err := s.Usage(name); err == nil && total > 0 && tellsRoom(s, e) {
		l.free, l.total = free, total
	}
	for i := range entries {
		if entries[i].IsFolder() {
			l.folders++
			continue
		}
		l.files++
		if entries[i].Kind == vfs.KindFile {
			l.bytes += entries[i].Size
		}
	}
	return l, nil
}

// folderPath is a path of the session's tree with a slash at its end.
func folderPath(p string) string { return strings.TrimSuffix(p, "/") + "/" }

// title is what a folder is called: the share's title or the computer's name at the top.
func (d *Door) title(s *opened, e vfs.Entry) string {
	switch name := path.Base(e.Path); {
	case name != "/" && name != ".":
		return name
	case s.share.Title != "":
		return s.share.Title
	}
	return d.o.Host()
}
