package config

import (
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

func contains(list []string, s string) bool { return slices.Contains(list, s) }

// unknown reports a key that the struct t does not have, with the nearest one that exists.
func (d *decoder) unknown(it *item, t reflect.Type, key, name string) {
	var names []string
	for _, f := range fields(t) {
		names = append(names, f.name)
	}
	if near := nearest(name, names); near == "" || distance(name, near) > 1 {
		if section, f, ok := elsewhere(name, key); ok {
			d.report(it.at, join(key, name), "there is no such key here; it belongs to another section",
				"["+section+"]\n"+f.name+" = "+d.valueOr(it, f))
			return
		}
	}
	d.unknownKey(it, join(key, name), names, name)
}

func (d *decoder) unknownKey(it *item, key string, names []string, name string) {
	near := nearest(name, names)
	if near == "" {
		d.report(it.at, key, "there is no such key; there are: "+strings.Join(names, ", "), "")
		return
	}
	right := bareOrQuoted(near)
	switch {
	case it.kind == unstable.Array && it.tables:
		right = "[[" + replaceLast(key, near) + "]]"
	case it.kind == unstable.Table && !it.inline:
		right = "[" + replaceLast(key, near) + "]"
	default:
		right += " = " + string(it.value.of(d.doc.text))
	}
	d.report(it.at, key, "there is no such key; did you mean "+near+"?", right)
}

// noSuchKey says that the struct t, which lies at these keys, has no field of this name, and which was
// perhaps meant.
func noSuchKey(t reflect.Type, at []string, name string) string {
	var names []string
	for _, f := range fields(t) {
		names = append(names, f.name)
	}
	if near := nearest(name, names); near != "" {
		return "there is no such key; did you mean " + strings.Join(append(slices.Clone(at), near), ".") + "?"
	}
	return "there is no such key; there are: " + strings.Join(names, ", ")
}

// replaceLast exchanges the last part of a whole key, and drops block numbers.
func replaceLast(key, name string) string {
	parts := strings.Split(key, ".")
	parts[len(parts)-1] = bareOrQuoted(name)
	for i, p := range parts {
		parts[i], _, _ = strings.Cut(p, "[")
	}
	return strings.Join(parts, ".")
}

func (d *decoder) valueOr(it *item, f field) string {
	if it.kind == unstable.Table && !it.inline {
		return exampleOf(f.typ, it)
	}
	return string(it.value.of(d.doc.text))
}

// elsewhere looks for a key of exactly this name in another section.
func elsewhere(name, here string) (section string, f field, ok bool) {
	var look func(t reflect.Type, key string)
	look = func(t reflect.Type, key string) {
		for _, each := range fields(t) {
			switch {
			case isTable(each.typ):
				look(each.typ, join(key, each.name))
			case each.name == name && key != here && key != "" && !ok:
				section, f, ok = key, each, true
			}
		}
	}
	look(reflect.TypeFor[Config](), "")
	return section, f, ok
}

// nearest returns the name that a person most likely meant, "" when none is near.
func nearest(name string, names []string) string {
	name = strings.ToLower(strings.ReplaceAll(name, "-", "_"))
	best, bestAt := "", len(name)+1
	for _, n := range names {
		limit := max(2, len(name)/3)
		if len(name) >= 2 && strings.HasPrefix(n, name[:2]) {
			limit = max(2, len(name)*2/3) // people rarely mistake how a word begins
		}
		if d := distance(name, n); d <= limit && d < bestAt && d < len(n)+1 {
			best, bestAt = n, d
		}
	}
	return best
}

// distance counts the insertions, removals, replacements and swaps of neighbours between two names.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 64 || len(y) > 64 {
		return 64
	}
	before, last, now := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		now[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			now[j] = min(now[j-1]+1, last[j]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
		}
		before, last, now = last, now, before
	}
	return last[len(y)]
}
