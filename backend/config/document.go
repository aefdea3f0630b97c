package config

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// document is a TOML text with the place of everything in it.
type document struct {
	text     []byte
	root     *item
	comments []comment // in order
	lines    []span    // `key = value` at the top, in order; each begins on a line of its own
}

// comment is a comment, wherever it stands.
type comment struct {
	span
	in    *item // the table whose lines it stands among; nil for one beside or inside a line
	lines int   // line end: offset behind its newline
}

// item is a table, an array or a plain value of the document.
type item struct {
	kind   unstable.Kind // Table, Array, or the kind of a plain value
	at     int           // offset of the key (or of the element of an array)
	line   span          // whole `key = value` as it stands; of a table the header without its comment
	value  span          // the value's own bytes; empty for a table with a header
	text   string        // of a plain value: strings decoded, others as written
	inline bool          // a table in braces

	names  []string // of a table: its keys in order
	fields map[string]*item
	elems  []*item // of an array
	tables bool    // of an array: made of [[…]] blocks

	// Where a further line of this table would go: after its last own line, or its header; 0 when it
	// has no place of its own (it exists through deeper headers or dotted keys only).
	tail int
	// A table that dotted keys made: the table that holds their lines, and the key so far.
	owner  *item
	prefix []string
}

type span struct{ from, to int }

func (s span) of(text []byte) []byte { return text[s.from:s.to] }

func newTable(at int) *item {
	return &item{kind: unstable.Table, at: at, fields: make(map[string]*item)}
}

func (t *item) put(name string, it *item) {
	if _, ok := t.fields[name]; !ok {
		t.names = append(t.names, name)
	}
	t.fields[name] = it
}

// maxFile is the largest configuration that is read.
const maxFile = 1 << 20

// parse reads a TOML text. Its error is a Problem without File.
func parse(text []byte) (doc *document, err error) {
	if len(text) > maxFile {
		return nil, Problem{Cause: fmt.Sprintf("the file is larger than %d bytes", maxFile)}
	}
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, Problem{Line: 1, Column: 1, Cause: "the file is not in UTF-8; save it as UTF-8"}
	}
	whole := text
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) { // what some editors put in front
		text = append([]byte("   "), text[3:]...)
	}
	var check map[string]any
	if err := toml.Unmarshal(text, &check); err != nil {
		var syntax *toml.DecodeError
		if !errors.As(err, &syntax) {
			return nil, Problem{Cause: err.Error()}
		}
		return nil, syntaxProblem(text, syntax)
	}
	r := reader{doc: &document{text: whole, root: newTable(0)}}
	r.p.KeepComments = true
	r.p.Reset(text)
	r.here = r.doc.root
	for r.p.NextExpression() {
		r.expression(r.p.Expression())
	}
	if err := r.p.Error(); err != nil {
		return nil, Problem{Cause: err.Error()}
	}
	slices.SortFunc(r.doc.comments, func(a, b comment) int { return a.from - b.from })
	return r.doc, nil
}

// characters turns a column of bytes into one of characters.
func characters(text []byte, line, column int) int {
	for ; line > 1; line-- {
		i := bytes.IndexByte(text, '\n')
		if i < 0 {
			return column
		}
		text = text[i+1:]
	}
	return utf8.RuneCount(text[:min(max(column-1, 0), len(text))]) + 1
}

// place returns line and column of an offset.
func (d *document) place(at int) (line, column int) {
	before := d.text[:at]
	line = bytes.Count(before, []byte{'\n'}) + 1
	start := bytes.LastIndexByte(before, '\n') + 1
	return line, utf8.RuneCount(before[start:]) + 1
}

// reader builds the items of a document.
type reader struct {
	doc  *document
	p    unstable.Parser
	here *item // the table that lines belong to
}

func (r *reader) expression(n *unstable.Node) {
	if n.Kind == unstable.Comment {
		r.comment(n, r.here)
		return
	}
	for c := n.Next(); c != nil; c = c.Next() {
		r.comment(c, nil)
	}
	r.inside(n.Child())
	switch n.Kind {
	case unstable.KeyValue:
		r.keyValue(r.here, n)
		r.doc.lines = append(r.doc.lines, span{int(n.Raw.Offset), int(n.Raw.Offset + n.Raw.Length)})
		r.here.tail = r.lineEnd(int(n.Raw.Offset + n.Raw.Length))
	case unstable.Table, unstable.ArrayTable:
		r.header(n)
	}
}

func (r *reader) comment(n *unstable.Node, in *item) {
	from, to := int(n.Raw.Offset), int(n.Raw.Offset+n.Raw.Length)
	r.doc.comments = append(r.doc.comments, comment{span: span{from, to}, in: in, lines: r.lineEnd(to)})
}

// inside collects the comments in a value.
func (r *reader) inside(n *unstable.Node) {
	for ; n != nil; n = n.Next() {
		if n.Kind == unstable.Comment {
			r.comment(n, nil)
		}
		r.inside(n.Child())
	}
}

// lineEnd returns the offset behind the end of the line that holds at.
func (r *reader) lineEnd(at int) int {
	if i := bytes.IndexByte(r.doc.text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(r.doc.text)
}

// header opens [a.b.c] or [[a.b.c]].
func (r *reader) header(n *unstable.Node) {
	names, at, end := r.key(n)
	closing := bytes.IndexByte(r.doc.text[end:], ']') + end + 1
	opening := bytes.LastIndexByte(r.doc.text[:at], '[')
	if n.Kind == unstable.ArrayTable {
		closing, opening = closing+1, opening-1
	}
	t := r.doc.root
	last := len(names) - 1
	for _, name := range names[:last] {
		t = r.descend(t, name, at)
	}
	if n.Kind == unstable.ArrayTable {
		list := t.fields[names[last]]
		if list == nil {
			list = &item{kind: unstable.Array, at: at, tables: true}
			t.put(names[last], list)
		}
		r.here = newTable(at)
		list.elems = append(list.elems, r.here)
	} else {
		r.here = r.descend(t, names[last], at)
		r.here.at = at
	}
	r.here.line = span{opening, closing}
	r.here.tail = r.lineEnd(closing)
}

// descend returns the table of that name below t, of an array of tables its last element.
func (r *reader) descend(t *item, name string, at int) *item {
	next := t.fields[name]
	if next == nil {
		next = newTable(at)
		t.put(name, next)
	}
	if next.kind == unstable.Array && len(next.elems) > 0 {
		next = next.elems[len(next.elems)-1]
	}
	return next
}

// key returns the parts of a key, where it begins and where it ends.
func (r *reader) key(n *unstable.Node) (names []string, at, end int) {
	for it := n.Key(); it.Next(); {
		k := it.Node()
		if names == nil {
			at = int(k.Raw.Offset)
		}
		end = int(k.Raw.Offset + k.Raw.Length)
		names = append(names, string(k.Data))
	}
	return names, at, end
}

func (r *reader) keyValue(t *item, n *unstable.Node) {
	names, at, end := r.key(n)
	last := len(names) - 1
	owner := t
	for i, name := range names[:last] {
		if t = r.descend(t, name, at); t.owner == nil && t.tail == 0 {
			t.owner, t.prefix = owner, names[:i+1]
		}
	}
	from := end + bytes.IndexByte(r.doc.text[end:], '=') + 1
	for r.doc.text[from] == ' ' || r.doc.text[from] == '\t' {
		from++
	}
	it := r.value(n.Value())
	it.at = at
	it.line = span{int(n.Raw.Offset), int(n.Raw.Offset + n.Raw.Length)}
	it.value = span{from, it.line.to}
	t.put(names[last], it)
}

func (r *reader) value(n *unstable.Node) *item {
	switch n.Kind {
	case unstable.Array:
		it := &item{kind: unstable.Array}
		for c := n.Children(); c.Next(); {
			if child := c.Node(); child.Kind != unstable.Comment {
				it.elems = append(it.elems, r.value(child))
			}
		}
		return it
	case unstable.InlineTable:
		it := newTable(int(n.Raw.Offset))
		it.inline = true
		for c := n.Children(); c.Next(); {
			if child := c.Node(); child.Kind == unstable.KeyValue {
				r.keyValue(it, child)
			}
		}
		return it
	default:
		return &item{kind: n.Kind, at: int(n.Raw.Offset), text: string(n.Data),
			value: span{int(n.Raw.Offset), int(n.Raw.Offset + n.Raw.Length)}}
	}
}

// kindName says what a value is, for people.
func (it *item) kindName() string {
	switch it.kind {
	case unstable.Table, unstable.InlineTable:
		return "a table"
	case unstable.Array:
		return "a list"
	case unstable.String:
		return "a text"
	case unstable.Bool:
		return "true or false"
	case unstable.Integer:
		return "a whole number"
	case unstable.Float:
		return "a number with a fraction"
	default:
		return "a date or time"
	}
}

// integer reads a TOML integer in any of its forms.
func (it *item) integer() (int64, error) {
	return strconv.ParseInt(strings.ReplaceAll(it.text, "_", ""), 0, 64)
}
