package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// checker walks a Config and collects what is wrong with its values.
type checker struct{ problems Problems }

func (c *checker) report(key, cause, right string) {
	c.problems = append(c.problems, Problem{Key: key, Cause: cause, Right: right})
}

// Validate checks every value and how they fit together. The error is Problems, without places.
// A Config that was put together from flags passes through here too.
func (c *Config) Validate() error {
	var k checker
	k.walk(reflect.ValueOf(c).Elem(), "")
	k.tls(c.HTTP.TLS)
	k.passive(c.FTP)
	k.volumes(c.Volumes)
	k.rates(c)
	if len(k.problems) == 0 {
		return nil
	}
	return k.problems
}

func (k *checker) walk(v reflect.Value, key string) {
	for _, f := range fields(v.Type()) {
		at, fv := join(key, f.name), v.Field(f.index)
		switch {
		case isTable(f.typ):
			k.walk(fv, at)
		case isBlocks(f.typ):
			for i := range fv.Len() {
				k.walk(fv.Index(i), fmt.Sprintf("%s[%d]", at, i+1))
			}
		case f.typ.Kind() == reflect.Slice:
			for i := range fv.Len() {
				k.value(f, fv.Index(i), fmt.Sprintf("%s[%d]", at, i+1))
			}
		case f.typ.Kind() == reflect.Map:
			for _, name := range sortedKeys(fv) {
				k.entry(f, name, fv.MapIndex(reflect.ValueOf(name)), join(at, name))
			}
		default:
			k.value(f, fv, at)
		}
	}
}

// value checks one plain value against the tags of its field.
func (k *checker) value(f field, v reflect.Value, key string) {
	line := func(value string) string {
		if f.typ.Kind() == reflect.Slice {
			return f.name + " = [" + value + "]"
		}
		return f.name + " = " + value
	}
	if v.Kind() == reflect.Int || v.Kind() == reflect.Int64 {
		if right, ok := inRange(f, v); !ok {
			k.report(key, "this must be "+rangeText(f), line(right))
		}
		return
	}
	if v.Kind() != reflect.String {
		return
	}
	if list := f.tag.Get("oneof"); list != "" {
		names := strings.Split(list, ",")
		if !contains(names, v.String()) {
			near := nearest(v.String(), names)
			if near == "" {
				near = names[0]
			}
			k.report(key, quote(v.String())+" is none of "+strings.Join(names, ", "), line(quote(near)))
		}
		return
	}
	if cause, right := checkForm(f.tag.Get("form"), v.String()); cause != "" {
		switch {
		case right != "":
			right = line(quote(right))
		case f.typ.Kind() == reflect.Slice:
			right = f.name + " = " + f.tag.Get("example")
		default:
			right = line(quote(f.tag.Get("example")))
		}
		k.report(key, cause, right)
	}
}

// entry checks one name of a map and its value.
func (k *checker) entry(f field, name string, v reflect.Value, key string) {
	switch f.tag.Get("form") {
	case "rights":
		if cause, right := checkGrant(name, v.String()); cause != "" {
			k.report(key, cause, right)
		}
	case "from":
		if cause, _ := checkNetwork(name); cause != "" {
			k.report(key, cause, f.name+" = "+f.tag.Get("example"))
		} else if cause := checkWho(v.String()); cause != "" || strings.HasPrefix(v.String(), "@") || v.String() == "*" {
			k.report(key, quote(v.String())+" is no name of an account or device", f.name+" = "+f.tag.Get("example"))
		}
	case "who":
		if cause := checkWho(name); cause != "" {
			k.report(key, cause, f.name+" = "+f.tag.Get("example"))
		} else if right, ok := inRange(f, v); !ok {
			k.report(key, "this must be "+rangeText(f), bareOrQuoted(name)+" = "+right)
		}
	}
}

// inRange reports whether a number is allowed, and else the nearest that is.
func inRange(f field, v reflect.Value) (right string, ok bool) {
	t := f.typ
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	limit := reflect.New(t).Elem()
	if text := f.tag.Get("min"); text != "" {
		limit.SetInt(bound(t, text))
		if v.Int() < limit.Int() {
			return encode(limit), false
		}
	}
	if text := f.tag.Get("max"); text != "" {
		limit.SetInt(bound(t, text))
		if v.Int() > limit.Int() {
			return encode(limit), false
		}
	}
	return "", true
}

// bound reads a min or max tag; TestTags proves that all of them can be read.
func bound(t reflect.Type, text string) int64 {
	switch t {
	case durationType:
		d, _ := ParseDuration(text)
		return int64(d)
	case sizeType:
		s, _ := ParseSize(text)
		return int64(s)
	}
	n, _ := strconv.ParseInt(text, 10, 64)
	return n
}

func rangeText(f field) string {
	low, high := f.tag.Get("min"), f.tag.Get("max")
	if high == "" {
		return "at least " + low
	}
	return "from " + low + " to " + high
}

func (k *checker) tls(t TLS) {
	if t.Mode == "files" {
		if t.Cert == "" {
			k.report("http.tls.cert", `with mode = "files" the certificate's file must be named`, `cert = "/etc/portico/cert.pem"`)
		}
		if t.Key == "" {
			k.report("http.tls.key", `with mode = "files" the key's file must be named`, `key = "/etc/portico/key.pem"`)
		}
	}
	if t.Mode == "off" && t.Required {
		k.report("http.tls.required", `nobody can be sent to an encrypted address with mode = "off"`, "required = false")
	}
}

func (k *checker) passive(f FTP) {
	if f.PassiveFrom > f.PassiveTo {
		k.report("ftp.passive_to", "the last port lies before the first", "passive_to = "+strconv.Itoa(min(f.PassiveFrom+99, 65535)))
	}
}

func (k *checker) volumes(volumes []Volume) {
	paths, names := make(map[string]int), make(map[string]int)
	for i, v := range volumes {
		key := fmt.Sprintf("volume[%d]", i+1)
		if first, taken := paths[v.Path]; taken && v.Path != "" {
			k.report(key+".path", fmt.Sprintf("the volume number %d lies at %s already", first, v.Path), "path = "+quote(v.Path+"-1"))
		} else {
			paths[v.Path] = i + 1
		}
		if first, taken := names[v.Name]; taken && v.Name != "" {
			k.report(key+".name", fmt.Sprintf("the volume number %d has this name already", first), "name = "+quote(v.Name+"-1"))
		} else {
			names[v.Name] = i + 1
		}
	}
}

// leastRate is the slowest rate that may be set: what is slower looks like a transfer that stands still.
const leastRate = 10 * KB

func (k *checker) rates(c *Config) {
	check := func(key, name string, n Size) {
		if n > 0 && n < leastRate {
			k.report(key, "slower than "+leastRate.String()+" a second ends transfers; 0 is no limit", name+" = "+encode(reflect.ValueOf(leastRate)))
		}
	}
	for name, of := range map[string]map[string]Size{"up": c.Rate.Up, "down": c.Rate.Down} {
		for _, who := range slices.Sorted(maps.Keys(of)) {
			check(join("rate."+name, who), bareOrQuoted(who), of[who])
		}
	}
	for i, v := range c.Volumes {
		at := fmt.Sprintf("volume[%d].", i+1)
		check(at+"up", "up", v.Up)
		check(at+"down", "down", v.Down)
	}
}

// parentKey drops the last part of a whole key: ".name" or "[1]".
func parentKey(key string) string {
	if i := strings.LastIndexAny(key, ".["); i >= 0 {
		return key[:i]
	}
	return ""
}
