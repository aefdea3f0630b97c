package webdav

import (
	"encoding/xml"
	"net/http"

	"portico/backend/protocol/wire"
	"portico/backend/vfs"
)

// chunk is how much of an answer is written at once.
const chunk = 32 << 10

// view is one answer: what was asked, about which entries, and what is known of them besides.
type view struct {
	s     *vfs.Session
	base  string
	ask   ask
	lives []*live                   // those that are asked for
	other []xml.Name                // asked for and not live
	locks []vfs.Lock                // that speak of the entries, where they are asked for
	hung  map[string][]vfs.Property // what was hung on them, by path
}

// newView sorts what was asked.
func newView(s *vfs.Session, base string, a ask) *view {
	v := &view{s: s, base: base, ask: a}
	if a.all || a.names {
		for i := range lives {
			if lives[i].all || a.names {
				v.lives = append(v.lives, &lives[i])
			}
		}
	}
	for _, name := range a.props {
		switch l := liveOf(name); {
		case l == nil:
			v.other = append(v.other, name)
		case !a.all || !l.all:
			v.lives = append(v.lives, l)
		}
	}
	return v
}

// wants reports whether a property is asked for.
func (v *view) wants(name string) bool {
	for _, l := range v.lives {
		if l.name == name {
			return !v.ask.names
		}
	}
	return false
}

// write answers 207 with every entry, as it goes.
func (v *view) write(w http.ResponseWriter, entries []vfs.Entry) {
	announce(w.Header())
	w.WriteHeader(http.StatusMultiStatus)
	b := make([]byte, 0, min(chunk+8<<10, 1024*(len(entries)+1)))
	b = append(b, xmlHead+`<D:multistatus xmlns:D="DAV:">`+"\n"...)
	for i := range entries {
		b = v.response(b, &entries[i])
		if len(b) < chunk {
			continue
		}
		if _, err := w.Write(b); err != nil {
			return // the client is gone
		}
		b = b[:0]
	}
	_, _ = w.Write(append(b, "</D:multistatus>\n"...))
}

// response tells of one entry.
func (v *view) response(b []byte, e *vfs.Entry) []byte {
	b = append(b, "<D:response><D:href>"...)
	b = appendHref(b, v.base, e.Path, e.IsFolder())
	b = append(b, "</D:href>"...)
	hung := v.hung[e.Path]
	const found = "<D:propstat><D:prop>"
	start := len(b)
	b = append(b, found...)
	var missing []xml.Name
	for _, l := range v.lives {
		at := len(b)
		b = append(append(append(b, "<D:"...), l.name...), '>')
		inner := len(b)
		var ok bool
		b, ok = l.put(b, v, e)
		switch {
		case !ok:
			b = b[:at]
			if !v.ask.names && !v.ask.all {
				missing = append(missing, xml.Name{Space: dav, Local: l.name})
			}
		case v.ask.names || len(b) == inner:
			b = append(b[:inner-1], "/>"...)
		default:
			b = append(append(append(b, "</D:"...), l.name...), '>')
		}
	}
	b, missing = v.others(b, hung, missing)
	if len(b) == start+len(found) && len(missing) > 0 {
		b = b[:start]
	} else {
		b = append(b, "</D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat>"...)
	}
	if len(missing) > 0 {
		b = append(b, found...)
		for _, name := range missing {
			b = appendEmpty(b, name)
		}
		b = append(b, "</D:prop><D:status>HTTP/1.1 404 Not Found</D:status></D:propstat>"...)
	}
	return append(b, "</D:response>\n"...)
}

// others tells what was hung on an entry: all of it, or what was asked for by name.
func (v *view) others(b []byte, hung []vfs.Property, missing []xml.Name) ([]byte, []xml.Name) {
	if v.ask.all || v.ask.names {
		for _, p := range hung {
			if v.ask.names {
				b = appendEmpty(b, xml.Name{Space: p.Space, Local: p.Name})
			} else {
				b = appendHung(b, p)
			}
		}
		return b, missing
	}
next:
	for _, name := range v.other {
		for _, p := range hung {
			if p.Space == name.Space && p.Name == name.Local {
				b = appendHung(b, p)
				continue next
			}
		}
		missing = append(missing, name)
	}
	return b, missing
}

// appendEmpty writes a property without its value.
func appendEmpty(b []byte, name xml.Name) []byte {
	if name.Space == dav {
		return append(append(append(b, "<D:"...), name.Local...), "/>"...)
	}
	b = append(append(b, '<'), name.Local...)
	b = append(b, ` xmlns="`...)
	return append(appendText(b, name.Space), `"/>`...)
}

// appendHung writes a property that was hung on; its value was made so that it stands anywhere.
func appendHung(b []byte, p vfs.Property) []byte {
	b = append(append(b, '<'), p.Name...)
	b = append(b, ` xmlns="`...)
	b = append(appendText(b, p.Space), '"')
	if p.Lang != "" {
		b = append(b, ` xml:lang="`...)
		b = append(appendText(b, p.Lang), '"')
	}
	b = append(append(b, '>'), p.Value...)
	return append(append(append(b, "</"...), p.Name...), '>')
}

// appendHref writes the address of a name, percent-encoded once; folders end with a slash.
func appendHref(b []byte, base, name string, folder bool) []byte {
	b = append(b, wire.Href(base)...)
	b = append(b, wire.Href(name)...)
	if folder && name != "/" {
		b = append(b, '/')
	}
	return b
}
