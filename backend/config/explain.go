package config

import (
	"reflect"
	"strings"
)

const preface = `# Portico's settings. Every key is here with what it is for and the value it has by itself.
# To change one, take the # before it away and write your value; comments that you add stay.
#
# Durations are written "30s", "5m", "1h30m", "7d"; sizes "500MB", "2GB" (thousands) or "4GiB" (1024s).
`

// Explain returns a whole example file: it means the same as an empty one.
func Explain() string {
	var b strings.Builder
	b.WriteString(preface)
	defaults := Defaults()
	explainTable(&b, reflect.ValueOf(defaults), "")
	return b.String()
}

func explainTable(b *strings.Builder, v reflect.Value, key string) {
	var sections []field
	for _, f := range fields(v.Type()) {
		if isTable(f.typ) || isBlocks(f.typ) {
			sections = append(sections, f)
			continue
		}
		explainKey(b, f, v.Field(f.index))
	}
	for _, f := range sections {
		at := join(key, f.name)
		b.WriteByte('\n')
		remark(b, f.doc())
		if isBlocks(f.typ) {
			b.WriteString("#[[" + at + "]]\n")
			explainTable(b, reflect.ValueOf(DefaultVolume()), at)
			continue
		}
		b.WriteString("[" + at + "]\n")
		explainTable(b, v.Field(f.index), at)
	}
}

// explainKey writes one key with its words; where a default would not be a value (the folder of a
// volume), an example stands for it.
func explainKey(b *strings.Builder, f field, v reflect.Value) {
	b.WriteByte('\n')
	remark(b, f.doc()+bounds(f))
	value, example := encode(v), exampleValue(f)
	if f.tag.Get("show") == "example" {
		value = example
	} else if example != "" && example != value && f.tag.Get("oneof") == "" && f.typ.Kind() != reflect.Bool {
		remark(b, "For example: "+f.name+" = "+example)
	}
	b.WriteString("#" + f.name + " = " + value + "\n")
}

// exampleValue is the example of a field as TOML, "" when it has none.
func exampleValue(f field) string {
	example := f.tag.Get("example")
	if example != "" && f.typ.Kind() == reflect.String || f.typ == sizeType && example != "" {
		return quote(example)
	}
	return example
}

func bounds(f field) string {
	if list := f.tag.Get("oneof"); list != "" {
		return " One of: " + strings.ReplaceAll(list, ",", ", ") + "."
	}
	if f.tag.Get("max") != "" {
		return " " + upperFirst(rangeText(f)) + "."
	}
	return ""
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// remark writes words as comment lines of at most 100 characters.
func remark(b *strings.Builder, text string) {
	width := 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case width == 0:
			b.WriteByte('#')
			width = 1
		case width+1+len(word) > 100:
			b.WriteString("\n#")
			width = 1
		}
		b.WriteString(" " + word)
		width += 1 + len(word)
	}
	b.WriteByte('\n')
}
