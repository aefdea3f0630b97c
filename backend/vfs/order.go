package vfs

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// natural orders names as people do: letter case ignored, runs of digits by their value. Names that
// differ only in that are ordered by their bytes, so that the order is total.
func natural(a, b string) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		x, y := a[i], b[j]
		switch {
		case isDigit(x) && isDigit(y):
			ni, nj := digits(a, i), digits(b, j)
			if c := compareNumbers(a[i:ni], b[j:nj]); c != 0 {
				return c
			}
			i, j = ni, nj
		case x < utf8.RuneSelf && y < utf8.RuneSelf:
			if x, y = lower(x), lower(y); x != y {
				return int(x) - int(y)
			}
			i, j = i+1, j+1
		default:
			r, n := utf8.DecodeRuneInString(a[i:])
			q, m := utf8.DecodeRuneInString(b[j:])
			if r, q = unicode.ToLower(r), unicode.ToLower(q); r != q {
				return int(r) - int(q)
			}
			i, j = i+n, j+m
		}
	}
	if c := (len(a) - i) - (len(b) - j); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

func isDigit(c byte) bool { return c-'0' <= 9 }

func lower(c byte) byte {
	if c-'A' < 26 {
		return c + 'a' - 'A'
	}
	return c
}

// digits returns where the run of digits that begins at i ends.
func digits(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

func compareNumbers(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}
