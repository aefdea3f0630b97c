package mdns

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"portico/backend/discovery"
)

const longestLabel = 63 // bytes, of DNS

// instanceName is a computer's name as an instance of a service, the n-th one of that name. It holds no
// dot and no backslash: they mean something in names of DNS, and programs get that wrong.
func instanceName(name string, n int) string {
	name = discovery.CleanName(strings.NewReplacer(".", " ", `\`, " ").Replace(name))
	if name == "" {
		name = "Portico"
	}
	if n < 2 {
		return name
	}
	return shorten(name, " ("+strconv.Itoa(n)+")")
}

// hostLabel is a computer's name as the first part of its name in .local, the n-th one of that name.
func hostLabel(name string, n int) string {
	name, _, _ = strings.Cut(strings.ToLower(name), ".")
	name = strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			return r
		case r == ' ' || r == '_':
			return '-'
		}
		return -1
	}, name), "-")
	if name == "" {
		name = "portico"
	}
	if n < 2 {
		return strings.TrimRight(shorten(name, ""), "-")
	}
	return shorten(name, "-"+strconv.Itoa(n))
}

func shorten(name, tail string) string {
	for len(name)+len(tail) > longestLabel {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name + tail
}

// unescape undoes how github.com/miekg/dns writes what somebody else sent.
func unescape(s string) string {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			continue
		}
		if i+3 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+4], 10, 8); err == nil {
				b = append(b, byte(n))
				i += 3
				continue
			}
		}
		i++
		b = append(b, s[i])
	}
	return string(b)
}
