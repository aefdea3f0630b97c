package config

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExplain(t *testing.T) {
	text := Explain()
	c, err := Parse("config.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(Defaults(), c); d != "" {
		t.Error("the example means something else than an empty file:", d)
	}
	// Every key in it, taken out of its comment, has its default.
	c, err = Parse("config.toml", []byte(regexp.MustCompile(`(?m)^#([a-z[])`).ReplaceAllString(text, "$1")))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Volumes) != 1 {
		t.Fatalf("%d volumes", len(c.Volumes))
	}
	want := DefaultVolume()
	v := c.Volumes[0]
	want.Path, want.Folder, want.Perms = v.Path, v.Folder, v.Perms
	if d := cmp.Diff(plain(Config{Volumes: []Volume{want}}), plain(Config{Volumes: c.Volumes})); d != "" {
		t.Error(d)
	}
	c.Volumes = nil
	if d := cmp.Diff(plain(Defaults()), plain(c)); d != "" {
		t.Error(d)
	}
	each(t, func(key string, f field) {
		if !regexp.MustCompile(`(?m)^#` + regexp.QuoteMeta(f.name) + ` = .`).MatchString(text) {
			t.Errorf("%s is missing", key)
		}
	})
	for i, line := range strings.Split(text, "\n") {
		if len(line) > 240 {
			t.Errorf("line %d is too long: %s", i+1, line)
		}
	}
	// A change goes under the line that explains it.
	edited, err := Edit("config.toml", []byte(text), Change{Key: "http.timeouts.idle", Value: "5m"})
	if err != nil || !strings.Contains(string(edited), "#idle = \"2m\"\nidle = \"5m\"\n") {
		t.Errorf("%v in\n%s", err, edited)
	}
}

// Tags can be read, explain everything, and name examples that are right.
func TestTags(t *testing.T) {
	defaults := Defaults()
	if err := defaults.Validate(); err != nil {
		t.Error(err)
	}
	each(t, func(key string, f field) {
		typ := f.typ
		if typ.Kind() == reflect.Slice || typ.Kind() == reflect.Map {
			typ = typ.Elem()
		}
		if f.doc() == "" || !strings.HasSuffix(f.doc(), ".") {
			t.Errorf("%s: no doc, or no full stop: %q", key, f.doc())
		}
		for _, tag := range []string{"min", "max"} {
			text := f.tag.Get(tag)
			if text == "" {
				continue
			}
			v := reflect.New(typ).Elem()
			v.SetInt(bound(typ, text))
			if bound(typ, text) == 0 && strings.Trim(text, "0s") != "" {
				t.Errorf("%s: %s %q cannot be read", key, tag, text)
			}
		}
		if (typ.Kind() == reflect.String || f.typ.Kind() == reflect.Map) && f.tag.Get("example") == "" {
			t.Errorf("%s: a text needs an example", key)
		}
		if example := exampleValue(f); example != "" {
			text := strings.Replace(key, "volume.", "[[volume]]\npath='/x'\nfolder='/y'\n", 1) + " = " + example + "\n"
			if f.name == "path" || f.name == "folder" {
				text = "[[volume]]\npath = \"/photos\"\nfolder = \"/home/ada/Pictures\"\n"
			}
			if key == "http.tls.mode" {
				text += "http.tls.cert = '/c'\nhttp.tls.key = '/k'\n"
			}
			if _, err := Parse("example", []byte(text)); err != nil {
				t.Errorf("%s: the example is wrong: %v", key, err)
			}
		}
	})
}

// each calls fn for every field that holds a value.
func each(t *testing.T, fn func(key string, f field)) {
	t.Helper()
	var walk func(typ reflect.Type, key string)
	walk = func(typ reflect.Type, key string) {
		for _, f := range fields(typ) {
			if f.name == "" {
				t.Errorf("%s has a field without a name", typ)
			}
			switch {
			case isTable(f.typ):
				walk(f.typ, join(key, f.name))
			case isBlocks(f.typ):
				walk(f.typ.Elem(), join(key, f.name))
			default:
				fn(join(key, f.name), f)
			}
		}
	}
	walk(reflect.TypeFor[Config](), "")
}

func TestDuration(t *testing.T) {
	for text, want := range map[string]Duration{
		"0s": 0, "30s": 30 * Second, "1h30m": 90 * Minute, "7d": 7 * Day, "1d12h": 36 * Hour, "1.5h": 90 * Minute, "250ms": Second / 4, "1d1s": Day + Second,
	} {
		d, err := ParseDuration(text)
		if err != nil || d != want {
			t.Errorf("%q: %v, %v", text, d, err)
		}
		if again, err := ParseDuration(d.String()); err != nil || again != d {
			t.Errorf("%q → %q → %v, %v", text, d, again, err)
		}
	}
	for _, text := range []string{"", "30", "d", "1.5d", "-5s", "5m-1s", "1h7d", "200000d", "106751d24h", "9e9s", "7 d"} {
		if d, err := ParseDuration(text); err == nil {
			t.Errorf("%q: %v", text, d)
		}
	}
}

func TestSize(t *testing.T) {
	for text, want := range map[string]Size{
		"0": 0, "4096": 4096, "500MB": 500 * MB, "2 gb": 2 * GB, "1.5GB": 1500 * MB, "4GiB": 4 << 30, "2G": 2 * GB, "2Gi": 2 << 30, "10k": 10 * KB, "7B": 7, "1TB": TB,
	} {
		s, err := ParseSize(text)
		if err != nil || s != want {
			t.Errorf("%q: %d, %v", text, s, err)
		}
		if again, err := ParseSize(s.String()); err != nil || again != s {
			t.Errorf("%q → %q → %v, %v", text, s, again, err)
		}
	}
	for _, text := range []string{"", "GB", "-1", "1.2.3MB", "2XB", "9999999TB", "9223372036854775808", "1e3", "2 G B"} {
		if s, err := ParseSize(text); err == nil {
			t.Errorf("%q: %v", text, s)
		}
	}
}
