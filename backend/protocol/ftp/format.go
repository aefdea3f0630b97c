package ftp

import (
	"bufio"
	"fmt"
	"strconv"
	"strings"
	"time"

	"portico/backend/access"
	"portico/backend/vfs"
)

// half is how old a time may be to be told with its hour (ls does it so, and clients rely on it).
const half = 183 * 24 * time.Hour

// longLine writes entries as ls -l does: the form that every client reads. Times are UTC.
func longLine(now time.Time) line {
	return func(out *bufio.Writer, e vfs.Entry, name string) {
		at := e.ModTime.UTC()
		if at.IsZero() {
			at = now.UTC()
		}
		when := at.Format("Jan _2 15:04")
		if age := now.Sub(at); age > half || age < -24*time.Hour {
			when = at.Format("Jan _2  2006")
		}
		fmt.Fprintf(out, "%s 1 portico portico %12d %s %s", modes(e), e.Size, when, name)
	}
}

// modes are rights as ls tells them, each for everybody: there are no others here.
func modes(e vfs.Entry) string {
	kind, r, w, x := "-", "-", "-", "-"
	switch e.Kind {
	case vfs.KindFolder:
		kind, x = "d", "x"
	case vfs.KindLink:
		kind = "l"
	}
	if e.Rights.Any(access.Read | access.Get) {
		r = "r"
	}
	if e.Rights.Has(access.Write) {
		w = "w"
	}
	one := r + w + x
	return kind + one + r + "-" + x + r + "-" + x
}

// facts are those of RFC 3659 that a client wants to hear.
type facts uint8

const (
	factType facts = 1 << iota
	factSize
	factModify
	factPerm
	allFacts = factType | factSize | factModify | factPerm
)

func factNames() []string { return []string{"type", "size", "modify", "perm"} }

// list names all facts, those that are told with a star.
func (f facts) list() string { return f.named(true) }

// chosen names those that are told.
func (f facts) chosen() string { return f.named(false) }

func (f facts) named(all bool) string {
	var out strings.Builder
	for i, name := range factNames() {
		told := f&(1<<i) != 0
		if !told && !all {
			continue
		}
		out.WriteString(name)
		if told && all {
			out.WriteByte('*')
		}
		out.WriteByte(';')
	}
	return out.String()
}

// factsOf reads a choice; facts that are not known are left out.
func factsOf(list string) (f facts) {
	for name := range strings.SplitSeq(strings.ToLower(list), ";") {
		for i, known := range factNames() {
			if strings.TrimSpace(name) == known {
				f |= 1 << i
			}
		}
	}
	return f
}

// of tells the facts of an entry.
func (f facts) of(e vfs.Entry) string {
	var out strings.Builder
	if f&factType != 0 {
		kind := "file"
		switch e.Kind {
		case vfs.KindFolder:
			kind = "dir"
		case vfs.KindLink:
			kind = "OS.unix=symlink"
		}
		out.WriteString("type=" + kind + ";")
	}
	if f&factSize != 0 && !e.IsFolder() {
		out.WriteString("size=" + strconv.FormatInt(e.Size, 10) + ";")
	}
	if f&factModify != 0 && !e.ModTime.IsZero() {
		out.WriteString("modify=" + stamp(e.ModTime) + ";")
	}
	if f&factPerm != 0 {
		out.WriteString("perm=" + permissions(e) + ";")
	}
	return out.String()
}

// permissions are what the identity may do, in the letters of RFC 3659 7.5.5.
func permissions(e vfs.Entry) string {
	letters := []struct {
		file, folder string
		need         access.Right
	}{
		{"a", "cm", access.Write}, {"d", "dp", access.Delete}, {"", "el", access.Read}, {"f", "f", access.Move},
		{"r", "", access.Read | access.Get}, {"w", "", access.Write},
	}
	var out strings.Builder
	for _, l := range letters {
		if !e.Rights.Any(l.need) {
			continue
		}
		if e.IsFolder() {
			out.WriteString(l.folder)
		} else {
			out.WriteString(l.file)
		}
	}
	return out.String()
}
