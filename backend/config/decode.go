package config

import (
	"fmt"
	"math"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// decoder puts a document into a Config and collects everything that is wrong.
type decoder struct {
	doc      *document
	problems Problems
	places   map[string]int // whole key → offset, for what Validate finds later
}

// report notes a problem at an offset.
func (d *decoder) report(at int, key, cause, right string) {
	line, column := d.doc.place(at)
	d.problems = append(d.problems, Problem{Line: line, Column: column, Key: key, Cause: cause, Right: right})
}

func join(key, name string) string {
	if key == "" {
		return bareOrQuoted(name)
	}
	return key + "." + bareOrQuoted(name)
}

// table fills the struct v from a table.
func (d *decoder) table(it *item, v reflect.Value, key string) {
	for _, name := range it.names {
		child := it.fields[name]
		f, ok := fieldNamed(v.Type(), name)
		if !ok {
			d.unknown(child, v.Type(), key, name)
			continue
		}
		d.field(child, f, v.Field(f.index), join(key, name))
	}
}

func (d *decoder) field(it *item, f field, v reflect.Value, key string) {
	d.places[key] = it.at
	switch {
	case isTable(f.typ):
		if it.kind != unstable.Table {
			d.report(it.at, key, "this is a section, not "+it.kindName(), "["+key+"]")
			return
		}
		d.table(it, v, key)
	case isBlocks(f.typ):
		d.blocks(it, f, v, key)
	case f.typ.Kind() == reflect.Map:
		d.mapping(it, f, v, key)
	case f.typ.Kind() == reflect.Slice:
		d.list(it, f, v, key)
	default:
		if cause := assign(it, v); cause != "" {
			d.report(it.at, key, cause, rightLine(f, it))
		}
	}
}

func (d *decoder) blocks(it *item, f field, v reflect.Value, key string) {
	if it.kind == unstable.Table {
		d.report(it.at, key, "there can be several of these, so its header has two brackets", "[["+key+"]]")
		return
	}
	if it.kind != unstable.Array {
		d.report(it.at, key, "this is a section, not "+it.kindName(), "[["+key+"]]")
		return
	}
	for i, elem := range it.elems {
		at := fmt.Sprintf("%s[%d]", key, i+1)
		d.places[at] = elem.at
		if elem.kind != unstable.Table {
			d.report(elem.at, at, "this is a section, not "+elem.kindName(), "[["+key+"]]")
			continue
		}
		block := reflect.ValueOf(DefaultVolume())
		one := reflect.New(f.typ.Elem()).Elem()
		one.Set(block)
		d.table(elem, one, at)
		v.Set(reflect.Append(v, one))
	}
}

func (d *decoder) mapping(it *item, f field, v reflect.Value, key string) {
	if it.kind != unstable.Table {
		d.report(it.at, key, "this is a table of names, not "+it.kindName(), rightLine(f, it))
		return
	}
	out := reflect.MakeMap(f.typ) // the default's own map stays untouched
	for _, k := range v.MapKeys() {
		out.SetMapIndex(k, v.MapIndex(k))
	}
	for _, name := range it.names {
		child := it.fields[name]
		at := join(key, name)
		d.places[at] = child.at
		value := reflect.New(f.typ.Elem()).Elem()
		if cause := assign(child, value); cause != "" {
			d.report(child.at, at, cause, bareOrQuoted(name)+" = "+exampleOf(f.typ.Elem(), child))
			continue
		}
		out.SetMapIndex(reflect.ValueOf(name), value)
	}
	v.Set(out)
}

func (d *decoder) list(it *item, f field, v reflect.Value, key string) {
	if it.kind != unstable.Array || it.tables {
		right := rightLine(f, it)
		if one := reflect.New(f.typ.Elem()).Elem(); it.kind != unstable.Array && assign(it, one) == "" {
			right = f.name + " = [" + encode(one) + "]"
		}
		d.report(it.at, key, "this is a list, not "+it.kindName(), right)
		return
	}
	out := reflect.MakeSlice(f.typ, 0, len(it.elems))
	for i, elem := range it.elems {
		one := reflect.New(f.typ.Elem()).Elem()
		at := fmt.Sprintf("%s[%d]", key, i+1)
		if cause := assign(elem, one); cause != "" {
			d.report(elem.start(it.at), at, cause, rightLine(f, it))
			continue
		}
		d.places[at] = elem.start(it.at)
		out = reflect.Append(out, one)
	}
	v.Set(out)
}

// start is where an element of a list stands; lists in lists have no place of their own.
func (it *item) start(otherwise int) int {
	if it.at == 0 {
		return otherwise
	}
	return it.at
}

// assign puts a plain value into v and says what is wrong with it, "" when nothing.
func assign(it *item, v reflect.Value) (cause string) {
	switch v.Type() {
	case durationType:
		if it.kind != unstable.String {
			return "this is a duration in quotes, like \"30s\", not " + it.kindName()
		}
		d, err := ParseDuration(it.text)
		v.SetInt(int64(d))
		return text(err)
	case sizeType:
		if it.kind == unstable.Integer {
			break
		}
		if it.kind != unstable.String {
			return "this is a size, like \"2GB\", not " + it.kindName()
		}
		s, err := ParseSize(it.text)
		v.SetInt(int64(s))
		return text(err)
	}
	switch v.Kind() {
	case reflect.String:
		if it.kind != unstable.String {
			return "this is a text in quotes, not " + it.kindName()
		}
		v.SetString(it.text)
	case reflect.Bool:
		if it.kind != unstable.Bool {
			return "this is true or false, not " + it.kindName()
		}
		v.SetBool(it.text == "true")
	default:
		if it.kind != unstable.Integer {
			return "this is a whole number, not " + it.kindName()
		}
		n, err := it.integer()
		if err != nil || n > math.MaxInt || n < math.MinInt {
			return "this number is too large"
		}
		v.SetInt(n)
	}
	return ""
}

func text(err error) string {
	if err != nil {
		return err.Error()
	}
	return ""
}

// rightLine is a line that would be right in place of a wrong value.
func rightLine(f field, wrong *item) string {
	if example := f.tag.Get("example"); example != "" && (f.typ.Kind() == reflect.Map || f.typ.Kind() == reflect.Slice) {
		return f.name + " = " + example
	}
	return f.name + " = " + exampleOf(f.typ, wrong)
}

// exampleOf guesses what was meant: a number in quotes, a yes, a text without quotes.
func exampleOf(t reflect.Type, wrong *item) string {
	v := reflect.New(t).Elem()
	switch {
	case t == durationType:
		if wrong.kind == unstable.Integer {
			if n, err := wrong.integer(); err == nil && n >= 0 && n < 1<<30 {
				return quote((Duration(n) * Second).String())
			}
		}
		return `"30s"`
	case t == sizeType:
		return `"2GB"`
	case t.Kind() == reflect.Bool:
		switch strings.ToLower(wrong.text) {
		case "true", "yes", "on", "1", "y":
			return "true"
		}
		return "false"
	case t.Kind() == reflect.String:
		if wrong.text != "" {
			return quote(wrong.text)
		}
		return `"…"`
	case t.Kind() == reflect.Int && wrong.kind == unstable.String:
		unquoted := *wrong
		unquoted.kind = unstable.Integer
		unquoted.text = strings.TrimSpace(wrong.text)
		if assign(&unquoted, v) == "" {
			return encode(v)
		}
	}
	return encode(v)
}
