package device

import (
	"regexp"
	"strings"
)

// Hints are what a browser says in headers of its own, over encrypted connections only (User-Agent
// Client Hints). All may be empty.
type Hints struct {
	Brands  string // Sec-CH-UA
	Model   string // Sec-CH-UA-Model
	Version string // Sec-CH-UA-Platform-Version
}

// HintsOf reads them from headers; get is http.Header.Get.
func HintsOf(get func(string) string) Hints {
	return Hints{Brands: get("Sec-CH-UA"), Model: unquoted(get("Sec-CH-UA-Model")), Version: unquoted(get("Sec-CH-UA-Platform-Version"))}
}

func unquoted(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`";()`, r) {
			return -1
		}
		return r
	}, clean(s))
}

// frozen is what Chrome says instead of the system's version and the model.
var frozen = regexp.MustCompile(`Android 10; K\)`)

// Expand puts what hints say back into a User-Agent from which browsers took it away, so that
// everything that keeps a User-Agent keeps the rest, too.
func Expand(userAgent string, h Hints) string {
	if h.Model != "" {
		version := "10"
		if major, _, _ := strings.Cut(h.Version, "."); major != "" {
			version = major
		}
		userAgent = frozen.ReplaceAllLiteralString(userAgent, "Android "+version+"; "+h.Model+")")
	}
	if strings.Contains(h.Brands, `"Brave"`) && !strings.Contains(userAgent, "Brave") {
		userAgent += " Brave"
	}
	return userAgent
}
