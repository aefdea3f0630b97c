package web

import (
	"net/http"
	"strconv"
	"strings"
)

// form is how an answer is put.
type form uint8

const (
	formText form = iota // curl and whoever does not say
	formPage             // browsers
	formJSON
)

// formOf reads what a client wants from Accept and, for pages, from its name: programs that copy a
// browser's Accept are not given a page.
func formOf(r *http.Request) form {
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept"), ","))
	json := max(weight(accept, "application/json"), weight(accept, "application/problem+json"))
	page := max(weight(accept, "text/html"), weight(accept, "application/xhtml+xml"))
	if terse(r.UserAgent()) {
		page = 0
	}
	switch {
	case json > 0 && json >= page:
		return formJSON
	case page > 0:
		return formPage
	}
	return formText
}

// terse reports whether a program prints what it gets.
func terse(agent string) bool {
	for _, name := range []string{"curl/", "Wget/", "fetch", "HTTPie/", "aria2/", "PowerShell"} {
		if strings.HasPrefix(agent, name) {
			return true
		}
	}
	return false
}

// weight is the q of a type that is named in accept, 0 where it is not named.
func weight(accept, kind string) float64 {
	best := 0.0
	for part := range strings.SplitSeq(accept, ",") {
		name, params, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) != kind {
			continue
		}
		best = max(best, quality(params))
	}
	return best
}

func quality(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		name, value, ok := strings.Cut(p, "=")
		if ok && strings.TrimSpace(name) == "q" {
			q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			if err != nil || q < 0 || q > 1 {
				return 0
			}
			return q
		}
	}
	return 1
}

// packs reports whether the client takes gzip.
func packs(r *http.Request) bool {
	accept := strings.ToLower(strings.Join(r.Header.Values("Accept-Encoding"), ","))
	return weight(accept, "gzip") > 0
}
