package localdisk

import (
	"errors"
	"io"
	"io/fs"
	"strings"
	"unicode"
)

// canonical is name as it is stored. On a disk that folds case or Unicode form, or has short names, the
// asked spelling may be another one, and rights must not be judged by it. name leads through no links.
//
// Reading every folder on the way would be slow, so it is done only where another spelling of a
// segment is seen to reach the same object, or where that cannot be found out.
func (a *anchor) canonical(name string, m meta) (string, error) {
	if name == "." || !a.mayFold(name, m) {
		return name, nil
	}
	in, err := a.root.dup()
	if err != nil {
		return "", err
	}
	defer func() { in.close() }()
	segs := strings.Split(name, "/")
	for i, s := range segs {
		h, err := in.find(s, noLinks)
		if err != nil {
			return "", err
		}
		if segs[i], err = storedName(in, s, h.meta()); err == nil && i < len(segs)-1 {
			var next dir
			if next, err = h.dir(); err == nil {
				in.close()
				in = next
			}
		}
		h.close()
		if err != nil {
			return "", err
		}
	}
	return strings.Join(segs, "/"), nil
}

// mayFold reports whether a segment of name may be stored in another spelling.
func (a *anchor) mayFold(name string, m meta) bool {
	odd := a.odd || m.mnt != a.m.mnt // a nested mount may be of any kind
	up := ""
	for seg := range strings.SplitSeq(name, "/") {
		switch other := otherSpelling(seg); {
		case odd && tricky(seg):
			return true
		case other == "":
		default:
			if o, err := a.root.peek(up + other); err == nil {
				if s, err := a.root.peek(up + seg); err != nil || s.same(o) {
					return true
				}
			}
		}
		up += seg + "/"
	}
	return false
}

// otherSpelling is a name that a folding file system takes for seg; "" when there is none to try.
func otherSpelling(seg string) string {
	other := strings.Map(func(r rune) rune {
		if u := unicode.ToUpper(r); u != r {
			return u
		}
		return unicode.ToLower(r)
	}, seg)
	switch {
	case other != seg && !strings.ContainsRune(other, unicode.ReplacementChar):
		return other
	case ascii(seg):
		return ""
	}
	return seg + "\u00ad" // Linux' folding ignores a soft hyphen
}

// tricky names can have other spellings than by case: Unicode forms, short names, dots and blanks
// that are cut off.
func tricky(seg string) bool {
	return !ascii(seg) || strings.Contains(seg, "~") || strings.HasSuffix(seg, ".") || strings.HasSuffix(seg, " ")
}

// storedName is the name under which the folder lists the object m that base reached.
func storedName(in dir, base string, m meta) (string, error) {
	l, err := in.list()
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return base, nil // a folder that may be entered and not read
		}
		return "", err
	}
	defer l.Close()
	var alike, others []string
	for {
		names, err := l.Readdirnames(batch)
		for _, n := range names {
			switch {
			case n == base:
				return n, nil
			case strings.EqualFold(n, base):
				alike = append(alike, n)
			default:
				others = append(others, n)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
	}
	for _, n := range append(alike, others...) {
		if o, err := in.lstat(n); err == nil && o.same(m) {
			return n, nil
		}
	}
	return "", fs.ErrNotExist
}

// storedBase is the spelling under which the folder lists what was just published as base.
func (f *folder) storedBase(a *anchor, base string, m meta) string {
	other := otherSpelling(base)
	if !a.odd && other == "" {
		return base
	}
	if o, err := f.dir.lstat(other); !(a.odd && tricky(base)) && (err != nil || !o.same(m)) {
		return base
	}
	if n, err := storedName(f.dir, base, m); err == nil {
		return n
	}
	return base
}
