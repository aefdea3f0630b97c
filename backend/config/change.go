package config

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// Change is one setting to change in a file.
type Change struct {
	// Key is the whole key of one value, "http.tls.mode". With Volume it is a key of that volume,
	// "trash"; empty it means the volume itself.
	Key string
	// Volume is the path of the volume that is meant.
	Volume string
	// Value is the new value: of the field's type, or as it comes from JSON. nil takes the key, or
	// the volume, away. The value of a whole volume is a Volume; one that is not there yet is added.
	Value any
}

func (c Change) String() string {
	if c.Volume != "" {
		return strings.TrimSuffix("volume "+c.Volume+" "+c.Key, " ")
	}
	return c.Key
}

// wrong is the error of a change that cannot be.
func (c Change) wrong(format string, args ...any) error {
	return Problems{{Key: c.String(), Cause: fmt.Sprintf(format, args...)}}
}

// target is where in a Config a change goes.
type target struct {
	key   []string      // below the root, or below the volume
	field field         // of the value, or of the map that holds it
	value reflect.Value // settable: the value, or the map
	entry string        // the name in the map
}

// resolve finds the field that a change means; v is the struct that its key starts in.
func (c Change) resolve(v reflect.Value) (target, error) {
	t := target{key: strings.Split(c.Key, "."), value: v}
	for i, name := range t.key {
		if t.value.Kind() == reflect.Map {
			if t.entry != "" {
				return t, c.wrong("there is no such key")
			}
			t.entry = strings.Join(t.key[i:], ".")
			t.key = append(t.key[:i:i], t.entry)
			return t, nil
		}
		if t.value.Kind() != reflect.Struct {
			return t, c.wrong("there is no such key")
		}
		f, ok := fieldNamed(t.value.Type(), name)
		if !ok {
			return t, c.wrong("%s", noSuchKey(t.value.Type(), t.key[:i], name))
		}
		t.field, t.value = f, t.value.Field(f.index)
	}
	if isTable(t.field.typ) || isBlocks(t.field.typ) {
		return t, c.wrong("this is a section, not a value")
	}
	return t, nil
}

// typ is what a new value must be.
func (t target) typ() reflect.Type {
	if t.entry != "" {
		return t.field.typ.Elem()
	}
	return t.field.typ
}

// convert makes a value of type t of what a program or JSON gives.
func convert(value any, t reflect.Type) (reflect.Value, error) {
	out := reflect.New(t).Elem()
	if value == nil {
		return out, errors.New("a value is missing")
	}
	v := reflect.ValueOf(value)
	if v.Type() == t {
		return v, nil
	}
	var err error
	switch x := value.(type) {
	case string:
		switch {
		case t == durationType:
			var d Duration
			d, err = ParseDuration(x)
			out.SetInt(int64(d))
		case t == sizeType:
			var s Size
			s, err = ParseSize(x)
			out.SetInt(int64(s))
		case t.Kind() == reflect.String:
			out.SetString(x)
		default:
			err = misfit(strconv.Quote(x), t)
		}
		return out, err
	case float64:
		if x != math.Trunc(x) || math.Abs(x) > 1<<53 {
			return out, fmt.Errorf("%v is no whole number", x)
		}
		return convert(int64(x), t)
	}
	switch {
	case v.CanInt() && v.Type().PkgPath() == "" && (t.Kind() == reflect.Int || t == sizeType || t == durationType && v.Int() == 0):
		out.SetInt(v.Int())
	case v.Kind() == reflect.Slice && t.Kind() == reflect.Slice:
		for i := range v.Len() {
			one, err := convert(v.Index(i).Interface(), t.Elem())
			if err != nil {
				return out, err
			}
			out = reflect.Append(out, one)
		}
	case v.Kind() == reflect.Map && t.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		out = reflect.MakeMap(t)
		for _, name := range v.MapKeys() {
			one, err := convert(v.MapIndex(name).Interface(), t.Elem())
			if err != nil {
				return out, err
			}
			out.SetMapIndex(reflect.ValueOf(name.String()), one)
		}
	default:
		return out, misfit(fmt.Sprint(value), t)
	}
	return out, nil
}

// misfit says what is wanted in place of a value of another kind.
func misfit(value string, t reflect.Type) error {
	wanted := "text"
	switch {
	case t == durationType:
		wanted = "a time like 30s, 5m or 7d"
	case t == sizeType:
		wanted = "a size like 500MB or 2GiB"
	case t.Kind() == reflect.Bool:
		wanted = "true or false"
	case t.Kind() == reflect.Int:
		wanted = "a whole number"
	case t.Kind() == reflect.Slice:
		wanted = "a list in brackets"
	case t.Kind() == reflect.Map:
		wanted = "a table in braces"
	}
	return fmt.Errorf("%s does not fit: it has to be %s", value, wanted)
}
