package config

import (
	"bytes"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// editor changes a document byte range by byte range. After every step the text is read again, so
// that places are always true. Comments are never taken away.
type editor struct {
	doc     *document
	newline string
}

func newEditor(text []byte) (*editor, error) {
	e := &editor{newline: "\n"}
	if bytes.Contains(text, []byte("\r\n")) {
		e.newline = "\r\n"
	}
	return e, e.become(text)
}

func (e *editor) become(text []byte) error {
	doc, err := parse(text)
	if err != nil {
		return err
	}
	e.doc = doc
	return nil
}

// splice replaces a range of the text.
func (e *editor) splice(s span, with string) error {
	text := make([]byte, 0, len(e.doc.text)+len(with))
	text = append(text, e.doc.text[:s.from]...)
	text = append(text, with...)
	return e.become(append(text, e.doc.text[s.to:]...))
}

// find returns the item of that key below t, nil when there is none.
func find(t *item, key []string) *item {
	for _, name := range key {
		if t == nil || t.kind != unstable.Table {
			return nil
		}
		t = t.fields[name]
	}
	return t
}

// set gives a key below the table at a value, which is TOML on one line.
func (e *editor) set(at func(*document) *item, key []string, value string) error {
	if it := find(at(e.doc), key); it != nil && it.value != (span{}) {
		return e.replace(it.value, value)
	}
	t, rest := at(e.doc), key
	for len(rest) > 1 && t.fields[rest[0]] != nil {
		t, rest = t.fields[rest[0]], rest[1:]
	}
	lifted := false
	for !t.inline && t.owner != nil && t.tail == 0 {
		rest = append(append([]string(nil), t.prefix...), rest...)
		t, lifted = t.owner, true
	}
	switch {
	case t.inline:
		return e.insertInline(t, dotted(rest)+" = "+value)
	case lifted || len(rest) == 1 && t.tail > 0 || t.elementOf(e.doc):
		return e.insertLine(t, rest, value)
	}
	header := "[" + dotted(key[:len(key)-1]) + "]" + e.newline
	return e.appendText(header + dotted(key[len(key)-1:]) + " = " + value + e.newline)
}

// elementOf reports whether the table is one [[block]]: a key below it cannot get a header at the
// end of the file.
func (it *item) elementOf(doc *document) bool {
	for _, name := range doc.root.names {
		for _, elem := range doc.root.fields[name].elems {
			if elem == it {
				return true
			}
		}
	}
	return false
}

func dotted(names []string) string {
	parts := make([]string, len(names))
	for i, n := range names {
		parts[i] = bareOrQuoted(n)
	}
	return strings.Join(parts, ".")
}

// replace exchanges a value; comments inside the old one move to lines above it.
func (e *editor) replace(s span, value string) error {
	text := e.doc.text
	lineStart := s.from
	for _, line := range e.doc.lines {
		if line.from <= s.from {
			lineStart = bytes.LastIndexByte(text[:line.from], '\n') + 1
		}
	}
	above := e.rescued(s, indentOf(text[lineStart:]))
	if above == "" {
		return e.splice(s, value)
	}
	return e.splice(span{lineStart, s.to}, above+string(text[lineStart:s.from])+value)
}

// rescued returns the comments within a range as lines of their own.
func (e *editor) rescued(s span, indent string) string {
	var b strings.Builder
	for _, c := range e.doc.comments {
		if c.from >= s.from && c.to <= s.to {
			b.WriteString(indent + string(c.of(e.doc.text)) + e.newline)
		}
	}
	return b.String()
}

func indentOf(line []byte) string {
	return string(line[:len(line)-len(bytes.TrimLeft(line, " \t"))])
}

// insertLine adds a line to a table: behind a line of it that is commented out and has the same key,
// or else behind its last line.
func (e *editor) insertLine(t *item, key []string, value string) error {
	text, at, indent := e.doc.text, t.tail, ""
	if n := len(t.names); n > 0 {
		if last := t.fields[t.names[n-1]]; last.value != (span{}) {
			start := bytes.LastIndexByte(text[:last.line.from], '\n') + 1
			indent = indentOf(text[start:])
		}
	}
	for _, c := range e.doc.comments {
		if c.in == t && commentedKey(c.of(text)) == dotted(key) {
			at = c.lines
		}
	}
	before := ""
	if at > 0 && text[at-1] != '\n' {
		before = e.newline
	}
	return e.splice(span{at, at}, before+indent+dotted(key)+" = "+value+e.newline)
}

// commentedKey returns the key of a line that is commented out, "" when it is none.
func commentedKey(c []byte) string {
	key, _, found := bytes.Cut(bytes.TrimLeft(c, "# \t"), []byte("="))
	if !found {
		return ""
	}
	return string(bytes.TrimSpace(key))
}

// insertInline adds to a table in braces, behind its last entry.
func (e *editor) insertInline(t *item, entry string) error {
	if len(t.names) == 0 {
		at := t.open() + 1
		return e.splice(span{at, at}, " "+entry+" ")
	}
	at := t.lastEnd()
	return e.splice(span{at, at}, ", "+entry)
}

// open is the offset of the brace of a table in braces.
func (it *item) open() int {
	if it.value != (span{}) {
		return it.value.from
	}
	return it.at
}

// lastEnd is the offset behind the last entry of a table in braces. Entries of dotted keys lie in
// the tables that they made.
func (it *item) lastEnd() int {
	end := 0
	for _, name := range it.names {
		child := it.fields[name]
		if child.value != (span{}) {
			end = max(end, child.line.to)
		} else {
			end = max(end, child.lastEnd())
		}
	}
	return end
}

// appendText adds a section at the end of the text, with an empty line before it.
func (e *editor) appendText(section string) error {
	text := e.doc.text
	before := ""
	if len(text) > 0 {
		if text[len(text)-1] != '\n' {
			before = e.newline
		}
		before += e.newline
	}
	return e.splice(span{len(text), len(text)}, before+section)
}

// remove takes a key with a value away.
func (e *editor) remove(it *item, inline bool) error {
	if inline {
		return e.removeEntry(it.line)
	}
	return e.removeLine(it.line)
}

// removeLine takes an expression away, with its line when nothing else stands there.
func (e *editor) removeLine(s span) error {
	text := e.doc.text
	start := bytes.LastIndexByte(text[:s.from], '\n') + 1
	indent := string(text[start:s.from])
	above := e.rescued(s, indent)
	end := s.to
	for end < len(text) && (text[end] == ' ' || text[end] == '\t') {
		end++
	}
	if end < len(text) && text[end] == '#' {
		return e.splice(span{start, end}, above+indent)
	}
	if i := bytes.IndexByte(text[end:], '\n'); i >= 0 {
		end += i + 1
	} else {
		end = len(text)
	}
	return e.splice(span{start, end}, above)
}

// removeEntry takes an entry of a table in braces or of a list away, with one comma beside it.
func (e *editor) removeEntry(s span) error {
	text := e.doc.text
	if comma := e.skip(s.to, 1); comma < len(text) && text[comma] == ',' {
		end := comma + 1
		for text[end] == ' ' || text[end] == '\t' { // a closing brace follows at the latest
			end++
		}
		return e.spliceAll([]span{s, {comma, end}})
	}
	if comma := e.skip(s.from-1, -1); comma >= 0 && text[comma] == ',' {
		if len(bytes.Trim(text[comma+1:s.from], " \t")) == 0 {
			return e.spliceAll([]span{{comma, s.to}})
		}
		return e.spliceAll([]span{{comma, comma + 1}, s})
	}
	return e.spliceAll([]span{s})
}

// spliceAll takes ranges away, in their order, and keeps the comments in them where they can be.
func (e *editor) spliceAll(gone []span) error {
	var out []byte
	last := 0
	for _, s := range gone {
		out = append(out, e.doc.text[last:s.from]...)
		if kept := e.rescued(s, ""); kept != "" {
			out = append(out, e.newline+kept...)
		}
		last = s.to
	}
	return e.become(append(out, e.doc.text[last:]...))
}

// skip moves from at over white space, newlines and comments.
func (e *editor) skip(at, step int) int {
	for at >= 0 && at < len(e.doc.text) {
		if c, in := e.commentAt(at); in {
			if at = c.to; step < 0 {
				at = c.from - 1
			}
			continue
		}
		if !strings.ContainsRune(" \t\r\n", rune(e.doc.text[at])) {
			break
		}
		at += step
	}
	return at
}

func (e *editor) commentAt(at int) (comment, bool) {
	for _, c := range e.doc.comments {
		if at >= c.from && at < c.to {
			return c, true
		}
	}
	return comment{}, false
}
