package wire

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseRanges(t *testing.T) {
	const size = 100
	for _, c := range []struct {
		value string
		want  []Range
		fits  bool
	}{
		{"bytes=0-0", []Range{{0, 1}}, true},
		{"bytes=0-99", []Range{{0, 100}}, true},
		{"bytes=10-", []Range{{10, 90}}, true},
		{"bytes=-10", []Range{{90, 10}}, true},
		{"bytes=-1000", []Range{{0, 100}}, true},
		{"bytes=50-1000", []Range{{50, 50}}, true},
		{"Bytes = 1-2 , 5-6", []Range{{1, 2}, {5, 2}}, true},
		{"bytes=5-6,1-2", []Range{{5, 2}, {1, 2}}, true},
		{"bytes=1-2,,5-6,", []Range{{1, 2}, {5, 2}}, true},
		{"bytes=1-2,200-300", []Range{{1, 2}}, true},
		{"bytes=100-", nil, false},
		{"bytes=100-100,200-", nil, false},
		{"bytes=-0", nil, false},
		{"bytes=99999999999999999999999-", nil, false},
		{"bytes=0-99999999999999999999999", []Range{{0, 100}}, true},
		// the whole, because the request is none that must be obeyed
		{"bytes=", nil, true},
		{"bytes=2-1", nil, true},
		{"bytes=a-b", nil, true},
		{"bytes=-", nil, true},
		{"bytes=1", nil, true},
		{"bytes=+1-2", nil, true},
		{"bytes=1 -2", nil, true},
		{"lines=1-2", nil, true},
		{"1-2", nil, true},
		{"bytes=0-50,50-60", nil, true},
		{"bytes=0-,0-,0-", nil, true},
		{"bytes=" + strings.Repeat("0-0,", maxRanges) + "5-5", nil, true},
	} {
		got, fits := ParseRanges(c.value, size)
		if fits != c.fits || len(got) != len(c.want) || len(got) > 0 && !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %v %v, want %v %v", c.value, got, fits, c.want, c.fits)
		}
	}
	if got, fits := ParseRanges("bytes=0-", 0); len(got) != 0 || !fits {
		t.Errorf("an empty file: %v %v, want the whole", got, fits)
	}
}

func FuzzParseRanges(f *testing.F) {
	for _, seed := range []string{"bytes=0-0", "bytes=-5,1-2", "bytes=9223372036854775807-9223372036854775807", "bytes=0-,,-1"} {
		f.Add(seed, int64(100))
	}
	f.Fuzz(func(t *testing.T, value string, size int64) {
		if size < 0 {
			return
		}
		ranges, fits := ParseRanges(value, size)
		if len(ranges) > maxRanges {
			t.Fatalf("%d ranges", len(ranges))
		}
		var sum int64
		for _, r := range ranges {
			if r.Start < 0 || r.Length <= 0 || r.Start > size-r.Length {
				t.Fatalf("%q of %d: %v lies outside", value, size, r)
			}
			sum += r.Length
		}
		if sum > size || !fits && len(ranges) > 0 {
			t.Fatalf("%q of %d: %d bytes in %v", value, size, sum, ranges)
		}
	})
}

func TestParseContentRange(t *testing.T) {
	for value, want := range map[string]ContentRange{
		"bytes 0-9/10":   {Range{0, 10}, 10},
		"bytes 5-9/*":    {Range{5, 5}, -1},
		"BYTES 5-9/100":  {Range{5, 5}, 100},
		" bytes 5-9/100": {Range{5, 5}, 100},
	} {
		if got, ok := ParseContentRange(value); !ok || got != want {
			t.Errorf("%q: %v %v", value, got, ok)
		}
	}
	for _, value := range []string{"", "bytes", "bytes */10", "bytes 0-9", "bytes 9-0/10", "bytes 0-9/9", "bytes -9/10", "bytes 0-/10", "lines 0-9/10", "bytes 0-99999999999999999999/*"} {
		if got, ok := ParseContentRange(value); ok {
			t.Errorf("%q: %v, want a refusal", value, got)
		}
	}
}

func FuzzParseContentRange(f *testing.F) {
	f.Add("bytes 0-9/10")
	f.Add("bytes 9223372036854775806-9223372036854775807/*")
	f.Fuzz(func(t *testing.T, value string) {
		c, ok := ParseContentRange(value)
		if ok && (c.Start < 0 || c.Length <= 0 || c.Start+c.Length <= 0 || c.Total >= 0 && c.Total < c.Start+c.Length) {
			t.Fatalf("%q: %v", value, c)
		}
	})
}
