package web

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"portico/backend/problem"
	"portico/backend/protocol/wire"
	"portico/backend/vfs"
)

// remove deletes a file or a folder with everything in it. Clients of copyparty read the sentence.
func (d *Door) remove(w *flow, r *http.Request) {
	s, name, err := d.o.Front.place(r, r.URL.Path)
	if err == nil {
		err = d.meant(r, s.Session, name, vfs.VerbRemove)
	}
	if err == nil {
		err = wholly(r, s.Session, name)
	}
	var gone vfs.Removed
	if err == nil {
		gone, err = s.Remove(name)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	if formOf(r) == formJSON {
		d.sayJSON(w, http.StatusOK, map[string]int64{"files": gone.Files, "folders": gone.Folders, "bytes": gone.Bytes})
		return
	}
	sayText(w, http.StatusOK, fmt.Sprintf("deleted %d files (and %d/%d folders)\n", gone.Files, gone.Folders, gone.Folders))
}

// wholly refuses to delete a part of a folder: there is no such DELETE (RFC 4918, 9.6.1).
func wholly(r *http.Request, s *vfs.Session, name string) error {
	if depth := r.Header.Get("Depth"); depth == "" || strings.EqualFold(depth, "infinity") {
		return nil
	}
	e, err := s.Stat(name)
	if err == nil && e.IsFolder() {
		err = badRequest("WEB-DEPTH-01", "A folder is deleted with all that is in it: Depth is infinity.")
	}
	return err
}

// meant checks that what stands there is what the request speaks of: "name/" is a folder, and
// conditions hold.
func (d *Door) meant(r *http.Request, s *vfs.Session, name string, verb vfs.Verb) error {
	slash := strings.HasSuffix(name, "/")
	if !slash && !conditional(r) {
		return nil
	}
	e, err := s.Stat(name)
	if err != nil {
		return err
	}
	if slash && !e.IsFolder() {
		return &vfs.Error{Verb: string(verb), Path: name, Err: fs.ErrNotExist}
	}
	if wire.Conditions(r, wire.State{Tag: wire.Tag(e.Version), Modified: e.ModTime}) != 0 {
		return &vfs.Error{Verb: string(verb), Path: name, Err: vfs.ErrPrecondition}
	}
	return nil
}

// makeFolder is MKCOL (RFC 4918, 9.3): 201; 405 where something is, 409 where the parent is missing.
func (d *Door) makeFolder(w *flow, r *http.Request) {
	s, name, err := d.o.Front.place(r, r.URL.Path)
	if err == nil && r.ContentLength != 0 {
		err = &problem.Problem{Status: http.StatusUnsupportedMediaType, Code: "WEB-TYPE-01", Title: "No body, please",
			Detail: "A new folder is made without a body.", Did: "Nothing was changed."}
	}
	var e vfs.Entry
	if err == nil {
		e, err = s.Mkdir(name, false)
	}
	if err != nil {
		d.fail(w, r, d.changed(r, err, http.StatusMethodNotAllowed))
		return
	}
	place := wire.Href(d.o.Front.Base(r) + folderPath(e.Path))
	w.Header().Set("Location", place)
	sayText(w, http.StatusCreated, d.absolute(r, place)+"\n")
}

// changed gives RFC 4918's status to two errors: something is there already, or the folder in which
// it should be is missing.
func (d *Door) changed(r *http.Request, err error, exists int) error {
	status := 0
	switch {
	case errors.Is(err, fs.ErrExist):
		status = exists
	case errors.Is(err, fs.ErrNotExist):
		status = http.StatusConflict
	default:
		return err
	}
	p := *problem.For(err, d.identityAt(r))
	p.Status = status
	return &p
}

// relocate is COPY and MOVE (RFC 4918, 9.8 and 9.9).
func (d *Door) relocate(w *flow, r *http.Request) {
	s, name, err := d.o.Front.place(r, r.URL.Path)
	if err == nil {
		err = d.meant(r, s.Session, name, vfs.VerbRename)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	target, err := d.o.Front.destination(r)
	if err != nil {
		d.fail(w, r, err)
		return
	}
	there, to, err := d.o.Front.place(r, target)
	if err == nil && there != s {
		err = &vfs.Error{Verb: string(vfs.VerbRename), Path: name, Err: vfs.ErrBoundary, Text: "Source and destination belong to different links. Download it here and send it there."}
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	d.relocateTo(w, r, s, name, target, to)
}

func (d *Door) relocateTo(w *flow, r *http.Request, s *opened, name, target, to string) {
	source, err := s.Stat(name)
	if err == nil {
		err = relocation(r)
	}
	if err != nil {
		d.fail(w, r, err)
		return
	}
	to = strings.TrimRight(to, "/")
	there, statErr := s.Stat(to)
	if statErr == nil && there.Path == source.Path {
		d.fail(w, r, &vfs.Error{Verb: string(vfs.VerbRename), Path: name, Err: fs.ErrPermission, Text: "Source and destination are the same."})
		return
	}
	exists := vfs.Replace
	if strings.EqualFold(r.Header.Get("Overwrite"), "F") {
		exists = vfs.Refuse
	}
	var e vfs.Entry
	switch {
	case r.Method == "MOVE":
		e, err = s.Rename(name, to, exists)
	case source.IsFolder() && r.Header.Get("Depth") == "0":
		e, err = copyShallow(s, source, to, statErr == nil && exists == vfs.Replace)
	default:
		e, err = s.Copy(name, to, exists)
	}
	if err != nil {
		d.fail(w, r, d.changed(r, err, http.StatusPreconditionFailed))
		return
	}
	place := wire.Href(prefix(r) + base(target) + e.Path)
	w.Header().Set("Location", place)
	if statErr == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	sayText(w, http.StatusCreated, d.absolute(r, place)+"\n")
}

// relocation checks the fields that only COPY and MOVE have.
func relocation(r *http.Request) error {
	switch r.Header.Get("Overwrite") {
	case "", "T", "t", "F", "f":
	default:
		return badRequest("WEB-OVERWRITE-01", "Overwrite is T or F.")
	}
	switch depth := r.Header.Get("Depth"); {
	case depth == "" || strings.EqualFold(depth, "infinity"):
	case depth == "0" && r.Method == "COPY":
	default:
		return badRequest("WEB-DEPTH-01", "Depth is infinity; a COPY may also say 0.")
	}
	return nil
}

// copyShallow copies a folder without what it holds.
func copyShallow(s *opened, source vfs.Entry, to string, replace bool) (vfs.Entry, error) {
	if replace {
		if _, err := s.Remove(to); err != nil {
			return vfs.Entry{}, err
		}
	}
	e, err := s.Mkdir(to, false)
	if err != nil {
		return e, err
	}
	hung := make(map[string][]vfs.Property)
	if err := s.Properties(hung, &source, nil); err != nil || len(hung[source.Path]) == 0 {
		return e, err
	}
	var changes []vfs.PropertyChange
	for _, p := range hung[source.Path] {
		changes = append(changes, vfs.PropertyChange{Property: p})
	}
	return e, s.SetProperties(to, changes)
}
