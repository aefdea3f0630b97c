package webdav

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	lib "golang.org/x/net/webdav"

	"portico/backend/vfs"
)

// proppatch hangs properties on a name, or takes them away: all of them or none (RFC 4918, 9.2). The
// library reads the request and writes the answer; resource is all that it sees of the tree.
func (h *Handler) proppatch(w http.ResponseWriter, r *http.Request, s *vfs.Session, name string) error {
	body, err := readBody(w, r, largeBody)
	if err != nil {
		return err
	}
	if _, err := parse(body); err != nil {
		return err
	}
	e, err := s.Stat(name)
	if err != nil {
		return err
	}
	res := &resource{s: s, name: name, e: e}
	in := r.Clone(r.Context())
	in.Header.Del("If") // has been judged
	in.Body = io.NopCloser(bytes.NewReader(body))
	in.URL = &url.URL{Path: h.o.Base(r) + e.Path}
	if e.IsFolder() && e.Path != "/" {
		in.URL.Path += "/"
	}
	out := &late{ResponseWriter: w}
	(&lib.Handler{FileSystem: res, LockSystem: unlocked{}}).ServeHTTP(out, in)
	if res.err != nil {
		return res.err
	}
	if out.refused {
		return badRequest("DAV-PATCH-01", "A PROPPATCH sets and removes properties, and what is removed has no value.")
	}
	return nil
}

// late keeps back the library's own refusals: they are answered in the words of the house.
type late struct {
	http.ResponseWriter
	refused bool
}

func (l *late) WriteHeader(status int) {
	if l.refused = status != http.StatusMultiStatus; !l.refused {
		announce(l.Header())
		l.ResponseWriter.WriteHeader(status)
	}
}

func (l *late) Write(p []byte) (int, error) {
	if l.refused {
		return len(p), nil
	}
	return l.ResponseWriter.Write(p)
}

// resource is the one name that a PROPPATCH speaks of, as the library's file system and file.
type resource struct {
	s    *vfs.Session
	name string
	e    vfs.Entry
	err  error // of the core
}

var (
	_ lib.FileSystem      = (*resource)(nil)
	_ lib.File            = opened{}
	_ lib.DeadPropsHolder = opened{}
)

// Patch sets and removes, in the order in which that was asked.
func (f *resource) Patch(patches []lib.Proppatch) ([]lib.Propstat, error) {
	var changes []vfs.PropertyChange
	var at time.Time
	done := lib.Propstat{Status: http.StatusOK}
	refused := lib.Propstat{Status: http.StatusForbidden, XMLError: `<D:cannot-modify-protected-property xmlns:D="DAV:"/>`}
	for _, patch := range patches {
		for _, p := range patch.Props {
			shown := lib.Property{XMLName: p.XMLName}
			if liveOf(p.XMLName) != nil {
				refused.Props = append(refused.Props, shown)
				continue
			}
			done.Props = append(done.Props, shown)
			if when, ok := modified(p); ok && !patch.Remove {
				at = when
				continue
			}
			changes = append(changes, vfs.PropertyChange{Remove: patch.Remove, Property: vfs.Property{
				Space: p.XMLName.Space, Name: p.XMLName.Local, Lang: p.Lang, Value: string(p.InnerXML)}})
		}
	}
	if len(refused.Props) > 0 {
		done.Status = lib.StatusFailedDependency
		if len(done.Props) == 0 {
			return []lib.Propstat{refused}, nil
		}
		return []lib.Propstat{refused, done}, nil
	}
	if len(changes) > 0 {
		f.err = f.s.SetProperties(f.name, changes)
	}
	if f.err == nil && !at.IsZero() {
		f.err = f.s.SetTimes(f.name, at)
	}
	if errors.Is(f.err, vfs.ErrTooLarge) {
		done.Status, f.err = lib.StatusInsufficientStorage, nil
	}
	return []lib.Propstat{done}, f.err
}

// modified is the time that Windows gives to what it has copied: the file's own, not one more property.
func modified(p lib.Property) (time.Time, bool) {
	if p.XMLName != (xml.Name{Space: "urn:schemas-microsoft-com:", Local: "Win32LastModifiedTime"}) {
		return time.Time{}, false
	}
	at, err := http.ParseTime(string(bytes.TrimSpace(p.InnerXML)))
	return at, err == nil
}

// DeadProps is not asked for a PROPPATCH.
func (f *resource) DeadProps() (map[xml.Name]lib.Property, error) { return nil, nil }

// Stat is the file system's.
func (f *resource) Stat(context.Context, string) (fs.FileInfo, error) { return named{f.e}, nil }
