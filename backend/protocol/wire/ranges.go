package wire

import (
	"fmt"
	"slices"
	"strings"
)

// Range is a piece of a representation.
type Range struct{ Start, Length int64 }

// ContentRange is the field's value for this piece of size bytes.
func (r Range) ContentRange(size int64) string {
	return fmt.Sprintf("bytes %d-%d/%d", r.Start, r.Start+r.Length-1, size)
}

// maxRanges bounds one request; more are answered with the whole.
const maxRanges = 32

// ParseRanges reads a Range field for a representation of size bytes (RFC 9110, 14.1.2 and 14.2).
// No ranges mean: send the whole. That is also the answer to an unknown unit, to nonsense, to more
// than 32 ranges and to overlapping ones, which the RFC leaves to the server. satisfiable is false
// when all ranges lie outside, which is 416.
func ParseRanges(value string, size int64) (ranges []Range, satisfiable bool) {
	unit, list, ok := strings.Cut(value, "=")
	if !ok || !strings.EqualFold(trim(unit), "bytes") || size == 0 {
		return nil, true
	}
	specs := strings.Split(list, ",")
	if len(specs) > maxRanges {
		return nil, true
	}
	some := false
	for _, spec := range specs {
		if spec = trim(spec); spec == "" {
			continue
		}
		r, fits, ok := parseRange(spec, size)
		if !ok {
			return nil, true
		}
		some = true
		if fits {
			ranges = append(ranges, r)
		}
	}
	if overlap(ranges) {
		return nil, true
	}
	return ranges, len(ranges) > 0 || !some
}

// parseRange reads "a-b", "a-" or "-n".
func parseRange(spec string, size int64) (r Range, fits, ok bool) {
	first, last, ok := strings.Cut(spec, "-")
	if !ok {
		return Range{}, false, false
	}
	if first == "" {
		n, ok := number(last)
		n = min(n, size)
		return Range{size - n, n}, n > 0, ok
	}
	from, ok := number(first)
	if !ok {
		return Range{}, false, false
	}
	to := size - 1
	if last != "" {
		end, ok := number(last)
		if !ok || end < from {
			return Range{}, false, false
		}
		to = min(to, end)
	}
	return Range{from, to - from + 1}, from < size, true
}

// number reads 1*DIGIT; what does not fit into 63 bits is the largest number there is.
func number(s string) (int64, bool) {
	if s == "" {
		return 0, false
	}
	const most = 1<<63 - 1
	var n int64
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n > (most-int64(c-'0'))/10 {
			n = most
			continue
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

func overlap(ranges []Range) bool {
	sorted := slices.SortedFunc(slices.Values(ranges), func(a, b Range) int {
		switch {
		case a.Start < b.Start:
			return -1
		case a.Start > b.Start:
			return 1
		}
		return 0
	})
	for i := 1; i < len(sorted); i++ {
		if sorted[i].Start < sorted[i-1].Start+sorted[i-1].Length {
			return true
		}
	}
	return false
}

// ContentRange is the Content-Range of a request that sends one piece.
type ContentRange struct {
	Range
	Total int64 // -1: "*"
}

// ParseContentRange reads "bytes a-b/total" or "bytes a-b/*".
func ParseContentRange(value string) (ContentRange, bool) {
	unit, rest, ok := strings.Cut(trim(value), " ")
	if !ok || !strings.EqualFold(unit, "bytes") {
		return ContentRange{}, false
	}
	span, total, ok := strings.Cut(trim(rest), "/")
	if !ok {
		return ContentRange{}, false
	}
	first, last, ok := strings.Cut(span, "-")
	if !ok {
		return ContentRange{}, false
	}
	from, ok1 := number(first)
	to, ok2 := number(last)
	if !ok1 || !ok2 || to < from || to == 1<<63-1 {
		return ContentRange{}, false
	}
	c := ContentRange{Range{from, to - from + 1}, -1}
	if total != "*" {
		n, ok := number(total)
		if !ok || n <= to {
			return ContentRange{}, false
		}
		c.Total = n
	}
	return c, true
}
