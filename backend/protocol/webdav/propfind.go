package webdav

import (
	"io/fs"
	"net/http"

	"portico/backend/access"
	"portico/backend/vfs"
)

// mostEverything is how many entries a PROPFIND without end may tell of.
const mostEverything = 10_000

// propfind looks (RFC 4918, 9.1).
func (h *Handler) propfind(w http.ResponseWriter, r *http.Request, s *vfs.Session, name string) error {
	deep, root, err := depthOf(r)
	if err != nil {
		return err
	}
	a, err := h.readAsk(w, r)
	if err != nil {
		return err
	}
	e, err := s.Stat(name)
	if err == nil {
		err = stranger(s, &e)
	}
	if err != nil {
		return err
	}
	v := newView(s, h.o.Base(r), a)
	var entries []vfs.Entry
	if root {
		entries = append(entries, e)
	}
	switch {
	case !e.IsFolder() || e.Absent || deep == itself:
		err = v.know(&e, nil)
	case deep == inside:
		entries, err = v.inside(entries, &e)
	default:
		entries, err = v.everything(entries, &e)
	}
	if err != nil {
		return err
	}
	v.write(w, entries)
	return nil
}

// stranger refuses a guest to whom nothing is shown: programs only send the name and password that they
// have when they are asked.
func stranger(s *vfs.Session, e *vfs.Entry) error {
	if s.Identity().Kind != access.Guest || e.Path != "/" || e.Rights != 0 {
		return nil
	}
	if list, err := s.List("/"); err != nil || len(list) > 0 {
		return err
	}
	return fs.ErrPermission
}

// inside adds what a folder holds.
func (v *view) inside(entries []vfs.Entry, e *vfs.Entry) ([]vfs.Entry, error) {
	list, err := v.s.List(e.Path)
	if err != nil {
		return nil, err
	}
	from := len(entries)
	for i := range list {
		if shown(&list[i]) {
			entries = append(entries, list[i])
		}
	}
	return entries, v.know(e, entries[from:])
}

// shown: what is still being written has no properties yet, and what cannot be opened has none.
func shown(e *vfs.Entry) bool {
	return !e.Pending && (e.Kind == vfs.KindFile || e.Kind == vfs.KindFolder)
}

// everything adds what is below a folder, however deep, up to a bound. Links are not followed: they may
// lead round in circles.
func (v *view) everything(entries []vfs.Entry, e *vfs.Entry) ([]vfs.Entry, error) {
	folders := []vfs.Entry{*e}
	for len(folders) > 0 {
		next := folders[len(folders)-1]
		folders = folders[:len(folders)-1]
		from := len(entries)
		var err error
		if entries, err = v.inside(entries, &next); err != nil && next.Path == e.Path {
			return nil, err
		} else if err != nil {
			continue // it went meanwhile, or is not for this caller
		}
		if len(entries) > mostEverything {
			return nil, &precondition{status: http.StatusForbidden, element: "propfind-finite-depth",
				text: "More lies below than is told of at once. Ask for one folder after the other, with Depth 1."}
		}
		for i := len(entries) - 1; i >= from; i-- {
			if entries[i].IsFolder() && !entries[i].Linked && !entries[i].Absent {
				folders = append(folders, entries[i])
			}
		}
	}
	return entries, nil
}

// know looks up what is not on the disk, of an entry and of those inside it.
func (v *view) know(e *vfs.Entry, within []vfs.Entry) error {
	if v.wants("lockdiscovery") {
		// Who may not know of locks is told of none.
		above, _ := v.s.Locks(e.Path)
		v.locks = append(v.locks, above...)
		if len(within) > 0 {
			v.locks = append(v.locks, v.s.LocksBelow(e.Path)...)
		}
	}
	if !v.ask.all && !v.ask.names && len(v.other) == 0 {
		return nil
	}
	if v.hung == nil {
		v.hung = make(map[string][]vfs.Property)
	}
	return v.s.Properties(v.hung, e, within)
}
