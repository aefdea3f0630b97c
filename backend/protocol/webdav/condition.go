package webdav

import (
	"net/http"
	"strings"

	"portico/backend/protocol/wire"
	"portico/backend/vfs"
)

// Conditions judges the If field of a request, whatever its method, and shows the lock tokens in it to
// the request's session. vfs.ErrPrecondition where none of its lists holds.
func (h *Handler) Conditions(r *http.Request) error {
	value := strings.Join(r.Header.Values("If"), " ")
	if value == "" {
		return nil
	}
	s, name, err := h.o.Place(r, r.URL.Path)
	if err != nil {
		return err
	}
	lists, ok := parseIf(value)
	if !ok {
		return badRequest("DAV-IF-01", "The If field cannot be read.")
	}
	for _, token := range tokens(lists) {
		s.ShowTokens(token)
	}
	for _, list := range lists {
		if h.holds(r, s, name, list) {
			return nil
		}
	}
	return &vfs.Error{Verb: r.Method, Path: name, Err: vfs.ErrPrecondition}
}

// unchanged judges If-Match and its kin, as RFC 9110 has them for every method.
func unchanged(r *http.Request, s *vfs.Session, name string) error {
	var now wire.State
	if e, err := s.Stat(name); err == nil {
		now = wire.State{Tag: tagOf(&e), Modified: e.ModTime}
	}
	if wire.Conditions(r, now) != 0 {
		return &vfs.Error{Verb: r.Method, Path: name, Err: vfs.ErrPrecondition}
	}
	return nil
}

// tokens are the lock tokens that a field mentions.
func tokens(lists []conditions) []string {
	var out []string
	for _, list := range lists {
		for _, c := range list.all {
			if c.token != "" && !c.not {
				out = append(out, c.token)
			}
		}
	}
	return out
}

// holds judges one list.
func (h *Handler) holds(r *http.Request, s *vfs.Session, name string, list conditions) bool {
	if list.about != "" {
		path, err := h.o.Local(r, list.about)
		if err != nil {
			return false
		}
		there, at, err := h.o.Place(r, path)
		if err != nil || there != s {
			return false
		}
		name = at
	}
	var tag string
	var locks []vfs.Lock
	if e, err := s.Stat(name); err == nil {
		tag = tagOf(&e)
	}
	// Who may not know has none.
	locks, _ = s.Locks(name)
	for _, c := range list.all {
		met := c.tag != "" && c.tag == tag
		for _, l := range locks {
			met = met || l.Token == c.token
		}
		if met == c.not {
			return false
		}
	}
	return true
}

// tagOf is the entity tag of an entry: of a folder none, as what is answered to GET is another thing for
// everybody who asks.
func tagOf(e *vfs.Entry) string {
	if e.Kind != vfs.KindFile {
		return ""
	}
	return wire.Tag(e.Version)
}
