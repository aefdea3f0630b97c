package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Save makes changes in a file and leaves everything else in it as it is: comments, order, spaces.
// A file that is not there is made. The error is Problems when the file, or what it would become, is
// not right (then it is left alone), or one of the file system.
//
// The new file replaces the old one at once and is synced; only its owner can read it.
func Save(path string, changes ...Change) error {
	text, err := readFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	text, err = Edit(path, text, changes...)
	if err != nil {
		return err
	}
	return writeFile(path, text)
}

// Edit is Save on a text; file is only named in problems.
func Edit(file string, text []byte, changes ...Change) ([]byte, error) {
	want, err := Parse(file, text)
	if err != nil {
		return nil, err
	}
	e, err := newEditor(text)
	if err != nil {
		return nil, err
	}
	for _, c := range changes {
		if err := e.change(c, &want); err != nil {
			var p Problem
			if errors.As(err, &p) {
				return nil, fmt.Errorf("%s could not be changed in %s: %w", c, file, err)
			}
			return nil, err
		}
	}
	if err := want.Validate(); err != nil {
		return nil, err
	}
	got, err := Parse(file, e.doc.text)
	if err != nil {
		return nil, err
	}
	if !reflect.DeepEqual(plain(got), plain(want)) {
		return nil, fmt.Errorf("%s is written in a way in which these settings cannot be changed; change them by hand", file)
	}
	return e.doc.text, nil
}

// plain makes empty and missing lists alike.
func plain(c Config) Config {
	c.Volumes = slices.Clone(c.Volumes)
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch {
		case v.Kind() == reflect.Struct:
			for i := range v.NumField() {
				walk(v.Field(i))
			}
		case (v.Kind() == reflect.Slice || v.Kind() == reflect.Map) && v.Len() == 0:
			v.SetZero()
		case isBlocks(v.Type()):
			for i := range v.Len() {
				walk(v.Index(i))
			}
		}
	}
	walk(reflect.ValueOf(&c).Elem())
	return c
}

// change applies one change to the text and to the Config that the text shall become.
func (e *editor) change(c Change, want *Config) error {
	if c.Volume == "" {
		defaults := Defaults()
		return e.value(c, reflect.ValueOf(want).Elem(), reflect.ValueOf(&defaults).Elem(),
			func(doc *document) *item { return doc.root })
	}
	i := slices.IndexFunc(want.Volumes, func(v Volume) bool { return v.Path == c.Volume })
	if c.Key == "" {
		return e.volume(c, want, i)
	}
	if i < 0 {
		return c.wrong("there is no such volume")
	}
	defaults := DefaultVolume()
	return e.value(c, reflect.ValueOf(&want.Volumes[i]).Elem(), reflect.ValueOf(&defaults).Elem(), volumeAt(i))
}

func volumeAt(i int) func(*document) *item {
	return func(doc *document) *item { return doc.root.fields["volume"].elems[i] }
}

// value changes one value below the table at; v and defaults are the struct that the table fills.
func (e *editor) value(c Change, v, defaults reflect.Value, at func(*document) *item) error {
	t, err := c.resolve(v)
	if err != nil {
		return err
	}
	if c.Value == nil {
		return e.unset(c, t, defaults, at)
	}
	value, err := convert(c.Value, t.typ())
	if err != nil {
		return c.wrong("%v", err)
	}
	switch {
	case t.entry != "":
		t.setEntry(value)
	case t.field.typ.Kind() == reflect.Map:
		return e.mapping(c, t, value, defaults, at)
	default:
		t.value.Set(value)
	}
	return e.set(at, t.key, encode(value))
}

// setEntry puts a value into a copy of the map.
func (t target) setEntry(value reflect.Value) {
	m := reflect.MakeMap(t.field.typ)
	for _, k := range t.value.MapKeys() {
		m.SetMapIndex(k, t.value.MapIndex(k))
	}
	m.SetMapIndex(reflect.ValueOf(t.entry), value) // the zero Value takes it away
	t.value.Set(m)
}

// mapping gives a whole map new contents: in place when it is one value, else entry by entry. What a
// map with fixed names leaves out has its default.
func (e *editor) mapping(c Change, t target, value, defaults reflect.Value, at func(*document) *item) error {
	d, err := c.resolve(defaults)
	if err != nil {
		return err
	}
	t.value.Set(d.value)
	for _, name := range sortedKeys(value) {
		t.entry = name
		t.setEntry(value.MapIndex(reflect.ValueOf(name)))
	}
	it := find(at(e.doc), t.key)
	if it == nil || it.value != (span{}) {
		return e.set(at, t.key, encode(value))
	}
	for _, name := range it.names {
		if !value.MapIndex(reflect.ValueOf(name)).IsValid() {
			if err := e.drop(at, append(slices.Clone(t.key), name)); err != nil {
				return err
			}
		}
	}
	for _, name := range sortedKeys(value) {
		if err := e.set(at, append(slices.Clone(t.key), name), encode(value.MapIndex(reflect.ValueOf(name)))); err != nil {
			return err
		}
	}
	return nil
}

// unset takes a key away, so that its default holds again.
func (e *editor) unset(c Change, t target, defaults reflect.Value, at func(*document) *item) error {
	d, err := c.resolve(defaults)
	if err != nil {
		return err
	}
	if t.entry != "" {
		t.setEntry(d.value.MapIndex(reflect.ValueOf(t.entry)))
	} else {
		t.value.Set(d.value)
	}
	return e.drop(at, t.key)
}

// drop removes what stands at a key, entry by entry where it is a section.
func (e *editor) drop(at func(*document) *item, key []string) error {
	it := find(at(e.doc), key)
	if it == nil {
		return nil
	}
	if it.value != (span{}) {
		inline := false
		for i := range key {
			if t := find(at(e.doc), key[:i]); t.inline {
				inline = true
			}
		}
		return e.remove(it, inline)
	}
	for _, name := range it.names {
		if err := e.drop(at, append(slices.Clone(key), name)); err != nil {
			return err
		}
	}
	return nil
}

// volume adds, replaces or removes a whole volume; i is its place, -1 none.
func (e *editor) volume(c Change, want *Config, i int) error {
	if c.Value == nil {
		if i < 0 {
			return nil
		}
		want.Volumes = slices.Delete(slices.Clone(want.Volumes), i, i+1)
		return e.removeBlock(i)
	}
	v, ok := c.Value.(Volume)
	if !ok {
		return c.wrong("a volume is a Volume, not %T", c.Value)
	}
	if i < 0 {
		return e.addVolume(v, want)
	}
	now, next, defaults := reflect.ValueOf(want.Volumes[i]), reflect.ValueOf(v), reflect.ValueOf(DefaultVolume())
	for _, f := range fields(now.Type()) {
		value := next.Field(f.index).Interface()
		if reflect.DeepEqual(now.Field(f.index).Interface(), value) {
			continue
		}
		one := Change{Volume: c.Volume, Key: f.name, Value: value}
		if reflect.DeepEqual(defaults.Field(f.index).Interface(), value) {
			one.Value = nil
		}
		if err := e.change(one, want); err != nil {
			return err
		}
		if f.name == "path" {
			c.Volume = v.Path
		}
	}
	return nil
}

func (e *editor) addVolume(v Volume, want *Config) error {
	value, defaults := reflect.ValueOf(v), reflect.ValueOf(DefaultVolume())
	var entries []string
	for _, f := range fields(value.Type()) {
		if fv := value.Field(f.index); !reflect.DeepEqual(fv.Interface(), defaults.Field(f.index).Interface()) {
			entries = append(entries, f.name+" = "+encode(fv))
		}
	}
	if list := e.doc.root.fields["volume"]; list != nil && list.kind == unstable.Array && !list.tables {
		at := list.value.from + 1
		want.Volumes = slices.Insert(slices.Clone(want.Volumes), 0, v)
		entry := "{ " + strings.Join(entries, ", ") + " }"
		if len(list.elems) > 0 {
			entry += ", "
		}
		return e.splice(span{at, at}, entry)
	}
	want.Volumes = append(slices.Clone(want.Volumes), v)
	return e.appendText("[[volume]]" + e.newline + strings.Join(entries, e.newline) + e.newline)
}

// removeBlock takes one volume away: its header, its lines and its own sections.
func (e *editor) removeBlock(i int) error {
	list := e.doc.root.fields["volume"]
	elem := list.elems[i]
	if !list.tables {
		return e.removeEntry(span{elem.at, e.closing(elem)})
	}
	if err := e.drop(volumeAt(i), nil); err != nil {
		return err
	}
	elem = e.doc.root.fields["volume"].elems[i]
	for _, name := range elem.names { // empty sections: [volume.perms]
		if err := e.removeLine(elem.fields[name].line); err != nil {
			return err
		}
		elem = e.doc.root.fields["volume"].elems[i]
	}
	return e.removeLine(elem.line)
}

// closing is the offset behind the brace that ends a table in braces.
func (e *editor) closing(t *item) int {
	at := t.open() + 1
	if len(t.names) > 0 {
		at = t.lastEnd()
	}
	for at = e.skip(at, 1); e.doc.text[at] != '}'; at = e.skip(at+1, 1) {
	}
	return at + 1
}

// writeFile replaces a file at once. A symbolic link stays one: what it points to is replaced.
func writeFile(path string, text []byte) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	dir := filepath.Dir(path)
	f, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}
