package config

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// field is one settable thing, as its tags describe it.
type field struct {
	name  string // in the file
	index int    // in the struct
	typ   reflect.Type
	tag   reflect.StructTag
}

func (f field) doc() string { return f.tag.Get("doc") }

// fields returns what a struct holds, in its order.
func fields(t reflect.Type) []field {
	out := make([]field, t.NumField())
	for i := range out {
		sf := t.Field(i)
		out[i] = field{name: sf.Tag.Get("toml"), index: i, typ: sf.Type, tag: sf.Tag}
	}
	return out
}

func fieldNamed(t reflect.Type, name string) (field, bool) {
	for _, f := range fields(t) {
		if f.name == name {
			return f, true
		}
	}
	return field{}, false
}

var (
	durationType = reflect.TypeFor[Duration]()
	sizeType     = reflect.TypeFor[Size]()
)

// isTable reports whether the field is a section of its own.
func isTable(t reflect.Type) bool { return t.Kind() == reflect.Struct }

// isBlocks reports whether the field is a list of [[blocks]].
func isBlocks(t reflect.Type) bool { return t.Kind() == reflect.Slice && isTable(t.Elem()) }

// encode writes a value as TOML, on one line.
func encode(v reflect.Value) string {
	switch {
	case v.Type() == durationType:
		return quote(Duration(v.Int()).String())
	case v.Type() == sizeType:
		if s := Size(v.Int()); s == 0 {
			return "0"
		}
		return quote(Size(v.Int()).String())
	}
	switch v.Kind() {
	case reflect.String:
		return quote(v.String())
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	case reflect.Int, reflect.Int64:
		return strconv.FormatInt(v.Int(), 10)
	case reflect.Slice:
		parts := make([]string, v.Len())
		for i := range parts {
			parts[i] = encode(v.Index(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case reflect.Map:
		parts := make([]string, 0, v.Len())
		for _, name := range sortedKeys(v) {
			parts = append(parts, bareOrQuoted(name)+" = "+encode(v.MapIndex(reflect.ValueOf(name))))
		}
		if len(parts) == 0 {
			return "{}"
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	}
	panic("config: a field of kind " + v.Kind().String())
}

func sortedKeys(v reflect.Value) []string {
	names := make([]string, 0, v.Len())
	for _, k := range v.MapKeys() {
		names = append(names, k.String())
	}
	slices.Sort(names)
	return names
}

// bareOrQuoted writes one part of a key.
func bareOrQuoted(name string) string {
	for i := range len(name) {
		c := name[i]
		if !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return quote(name)
		}
	}
	if name == "" {
		return `""`
	}
	return name
}

// quote writes a TOML string: literal where that spares backslashes, else basic.
func quote(s string) string {
	if strings.Contains(s, `\`) && !strings.ContainsFunc(s, func(r rune) bool { return r == '\'' || r < ' ' || r == 0x7f || r == 0xfffd }) {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\ufffd") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			b.WriteString(`\u00` + string("0123456789abcdef"[r>>4]) + string("0123456789abcdef"[r&15]))
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
