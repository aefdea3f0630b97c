package webdav

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strings"
	"unicode/utf8"

	"portico/backend/problem"
)

const (
	smallBody    = 64 << 10  // of PROPFIND and LOCK, in bytes
	largeBody    = 256 << 10 // of PROPPATCH
	mostDepth    = 64        // elements inside each other
	mostElements = 10_000    // of one document
)

const dav = "DAV:"

const xmlHead = `<?xml version="1.0" encoding="utf-8"?>` + "\n"

// element is one element of a document, its namespaces resolved.
type element struct {
	name xml.Name
	lang string
	kids []*element // an empty name: a piece of text
	text string
}

// is reports whether an element has a name of WebDAV's.
func (e *element) is(local string) bool { return e.name.Space == dav && e.name.Local == local }

// kid returns the first child with a name of WebDAV's, nil without.
func (e *element) kid(local string) *element {
	for _, k := range e.kids {
		if k.is(local) {
			return k
		}
	}
	return nil
}

// readBody reads at most most bytes; more are refused.
func readBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, &problem.Problem{Status: http.StatusRequestEntityTooLarge, Code: "DAV-XML-02", Title: "The request is too large",
			Detail: "That is more XML than is read here.", Did: "Nothing was changed."}
	case err != nil:
		return nil, badRequest("NET-CUT-01", "Fewer bytes came than were announced.")
	}
	return body, nil
}

var errDocument = errors.New("webdav: not a document that can be read")

// errBomb is a document as nobody writes it who only asks for something: one that declares entities, or
// has parts without end.
var errBomb = errors.New("webdav: a document made to do harm")

// parse reads a document. Document types are refused, so there are no entities to expand; prefixes must
// be bound, and to something.
func parse(body []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	p := parser{}
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = p.token(t)
		}
		if errors.Is(err, errBomb) {
			return nil, errors.Join(err, badRequest("DAV-XML-01", "The body is not XML that can be read here."))
		}
		if err != nil {
			return nil, badRequest("DAV-XML-01", "The body is not XML that can be read here.")
		}
	}
	if p.root == nil || len(p.open) > 0 {
		return nil, badRequest("DAV-XML-01", "The body is not a whole XML document.")
	}
	return p.root, nil
}

// parser builds a document of raw tokens.
type parser struct {
	root  *element
	open  []frame
	count int
}

// frame is an element that has not ended.
type frame struct {
	*element
	raw    xml.Name // with its prefix
	spaces map[string]string
}

func (p *parser) token(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		return p.start(t)
	case xml.EndElement:
		if len(p.open) == 0 || p.open[len(p.open)-1].raw != t.Name {
			return errDocument
		}
		p.open = p.open[:len(p.open)-1]
	case xml.CharData:
		if len(p.open) > 0 {
			in := p.open[len(p.open)-1]
			in.kids = append(in.kids, &element{text: string(t)})
			return p.counted()
		}
		if len(bytes.TrimSpace(t)) > 0 {
			return errDocument
		}
	case xml.ProcInst:
		if t.Target == "xml" && (p.root != nil || p.count > 0) {
			return errDocument
		}
	case xml.Directive:
		return errBomb
	}
	return nil
}

func (p *parser) counted() error {
	if p.count++; p.count > mostElements {
		return errBomb
	}
	return nil
}

func (p *parser) start(t xml.StartElement) error {
	switch {
	case len(p.open) >= mostDepth:
		return errBomb
	case len(p.open) == 0 && p.root != nil:
		return errDocument
	}
	f := frame{element: &element{}, raw: t.Name}
	if len(p.open) > 0 {
		above := p.open[len(p.open)-1]
		f.spaces, f.lang = above.spaces, above.lang
		above.kids = append(above.kids, f.element)
	} else {
		p.root = f.element
	}
	if err := f.declare(t.Attr); err != nil {
		return err
	}
	space, ok := f.spaces[t.Name.Space]
	if !ok && t.Name.Space != "" || t.Name.Local == "" || strings.Contains(t.Name.Local, ":") {
		return errDocument
	}
	f.name = xml.Name{Space: space, Local: t.Name.Local}
	p.open = append(p.open, f)
	return p.counted()
}

// declare takes the namespaces and the language of an element into account. What was inherited is not
// changed, but copied.
func (f *frame) declare(attrs []xml.Attr) error {
	own := false
	for _, a := range attrs {
		prefix := a.Name.Local
		switch {
		case a.Name.Space == "xml" && a.Name.Local == "lang":
			f.lang = a.Value
			continue
		case a.Name.Space == "" && a.Name.Local == "xmlns":
			prefix = ""
		case a.Name.Space != "xmlns":
			continue
		case a.Value == "" || prefix == "xmlns" || prefix == "xml":
			return errDocument // a prefix cannot be unbound
		}
		if !own {
			spaces := map[string]string{"xml": "http://www.w3.org/XML/1998/namespace"}
			for k, v := range f.spaces {
				spaces[k] = v
			}
			f.spaces, own = spaces, true
		}
		f.spaces[prefix] = a.Value
	}
	for _, a := range attrs {
		if _, bound := f.spaces[a.Name.Space]; !bound && a.Name.Space != "" && a.Name.Space != "xml" && a.Name.Space != "xmlns" {
			return errDocument
		}
	}
	return nil
}

// inner writes what an element holds so that it means the same anywhere: every element says its own
// namespace. Attributes are left out.
func (e *element) inner(b []byte) []byte {
	for _, k := range e.kids {
		if k.name.Local == "" {
			b = appendText(b, k.text)
			continue
		}
		b = append(append(b, '<'), k.name.Local...)
		b = append(b, ` xmlns="`...)
		b = append(appendText(b, k.name.Space), `">`...)
		b = k.inner(b)
		b = append(append(append(b, "</"...), k.name.Local...), '>')
	}
	return b
}

// appendText escapes text for content and for attributes in double quotes. What XML cannot hold, as names
// on a disk may, becomes a sign that stands for it.
func appendText(b []byte, s string) []byte {
	from := 0
	for i, r := range s {
		var put string
		switch {
		case r == '&':
			put = "&amp;"
		case r == '<':
			put = "&lt;"
		case r == '>':
			put = "&gt;"
		case r == '"':
			put = "&quot;"
		case r < ' ' && r != '\t' && r != '\n', r == utf8.RuneError, r == 0xfffe, r == 0xffff:
			put = "\ufffd"
		default:
			continue
		}
		b = append(append(b, s[from:i]...), put...)
		from = i + 1
		if r > utf8.RuneSelf {
			_, n := utf8.DecodeRuneInString(s[i:])
			from = i + n
		}
	}
	return append(b, s[from:]...)
}
