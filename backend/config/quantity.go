package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is a time.Duration that people write as "90s", "1h30m" or "7d".
type Duration time.Duration

// Units of Duration.
const (
	Second = Duration(time.Second)
	Minute = Duration(time.Minute)
	Hour   = Duration(time.Hour)
	Day    = 24 * Hour
)

// D returns d as the standard library's type.
func (d Duration) D() time.Duration { return time.Duration(d) }

// ParseDuration reads what time.ParseDuration reads, and days: "7d", "1d12h". A sign is refused.
func ParseDuration(text string) (Duration, error) {
	wrong := fmt.Errorf("%q is no duration; write it like 30s, 5m, 1h30m or 7d", text)
	rest, total := text, Duration(0)
	if strings.ContainsAny(text, "+-") {
		return 0, wrong
	}
	if days, after, found := strings.Cut(text, "d"); found {
		n, err := strconv.ParseInt(days, 10, 64)
		if err != nil || n > int64(math.MaxInt64/Day) {
			return 0, wrong
		}
		if rest, total = after, Duration(n)*Day; rest == "" {
			return total, nil
		}
	}
	d, err := time.ParseDuration(rest)
	if err != nil || math.MaxInt64-int64(total) < int64(d) {
		return 0, wrong
	}
	return total + Duration(d), nil
}

// String is the shortest form that ParseDuration reads as the same duration.
func (d Duration) String() string {
	if d == 0 {
		return "0s"
	}
	out := ""
	if d >= Day {
		out = strconv.FormatInt(int64(d/Day), 10) + "d"
		if d %= Day; d == 0 {
			return out
		}
	}
	s := d.D().String() // 1h30m0s
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return out + s
}

// Size is a number of bytes that people write as "2GB" (2 000 000 000), "2GiB" or 4096.
type Size int64

// Units of Size.
const (
	KB Size = 1000
	MB      = 1000 * KB
	GB      = 1000 * MB
	TB      = 1000 * GB
)

var sizeUnits = []struct {
	name  string
	bytes Size
}{
	{"TB", TB}, {"GB", GB}, {"MB", MB}, {"kB", KB},
	{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1},
}

// ParseSize reads a number with or without a unit. Letters may have any case; "2G" is "2GB".
func ParseSize(text string) (Size, error) {
	wrong := fmt.Errorf("%q is no size; write it like 500MB, 2GB, 4GiB or 4096", text)
	digits := strings.TrimLeft(text, "0123456789.")
	number, unit := text[:len(text)-len(digits)], strings.TrimSpace(digits)
	scale, ok := unitOf(unit)
	if !ok {
		return 0, wrong
	}
	if n, err := strconv.ParseInt(number, 10, 64); err == nil {
		if n > math.MaxInt64/int64(scale) {
			return 0, wrong
		}
		return Size(n) * scale, nil
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil || f*float64(scale) >= math.MaxInt64 {
		return 0, wrong
	}
	return Size(math.Round(f * float64(scale))), nil
}

func unitOf(text string) (Size, bool) {
	if text == "" {
		return 1, true
	}
	for _, u := range sizeUnits {
		if strings.EqualFold(text, u.name) || strings.EqualFold(text+"B", u.name) {
			return u.bytes, true
		}
	}
	return 0, false
}

// String is the shortest exact form.
func (s Size) String() string {
	if s == 0 {
		return "0"
	}
	for _, u := range sizeUnits {
		if s%u.bytes == 0 {
			return strconv.FormatInt(int64(s/u.bytes), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}
