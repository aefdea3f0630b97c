package config

import (
	"errors"
	"io"
	"os"
	"reflect"
	"slices"
)

// Load reads and checks a file; what it does not say keeps its default. The error is an error of the
// file system (errors.Is fs.ErrNotExist: there is none, use Defaults) or Problems: all of them.
func Load(path string) (Config, error) {
	text, err := readFile(path)
	if err != nil {
		return Config{}, err
	}
	return Parse(path, text)
}

// readFile reads a file of any size that Parse would accept, and a little more.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// Parse is Load of a text; file is only named in problems.
func Parse(file string, text []byte) (Config, error) {
	c := Defaults()
	doc, err := parse(text)
	if err != nil {
		return Config{}, named(file, asProblems(err))
	}
	d := decoder{doc: doc, places: make(map[string]int)}
	d.table(doc.root, reflect.ValueOf(&c).Elem(), "")
	var late Problems
	if err := c.Validate(); errors.As(err, &late) {
		for _, p := range late {
			if at, ok := d.places[p.Key]; ok {
				p.Line, p.Column = doc.place(at)
			} else if at, ok := d.places[parentKey(p.Key)]; ok {
				p.Line, p.Column = doc.place(at)
			}
			if !d.told(p.Key) {
				d.problems = append(d.problems, p)
			}
		}
	}
	if len(d.problems) == 0 {
		return c, nil
	}
	slices.SortStableFunc(d.problems, func(a, b Problem) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return Config{}, named(file, d.problems)
}

// told reports whether something is known to be wrong with a key or with what it belongs to already.
func (d *decoder) told(key string) bool {
	return slices.ContainsFunc(d.problems, func(p Problem) bool { return p.Key == key || parentKey(p.Key) == key })
}

func asProblems(err error) Problems {
	var p Problem
	if errors.As(err, &p) {
		return Problems{p}
	}
	return Problems{{Cause: err.Error()}}
}

func named(file string, ps Problems) Problems {
	for i := range ps {
		ps[i].File = file
	}
	return ps
}
