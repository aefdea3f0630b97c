package wire

import (
	"net/http"
	"time"
)

// State is what a representation is at this moment. The zero State is one that does not exist.
type State struct {
	Tag      string    // strong entity tag; "" where nothing exists
	Modified time.Time // whole seconds count
}

// Conditions evaluates the preconditions of r in the order of RFC 9110, 13.2.2, without If-Range.
// It returns 0 to go on, 304 or 412.
func Conditions(r *http.Request, now State) int {
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	if value := field(r, "If-Match"); value != "" {
		if tags, ok := ParseTags(value); !ok || !tags.Strong(now.Tag) {
			return http.StatusPreconditionFailed
		}
	} else if at, ok := date(r, "If-Unmodified-Since"); ok && seconds(now.Modified).After(at) {
		return http.StatusPreconditionFailed
	}
	if value := field(r, "If-None-Match"); value != "" {
		if tags, ok := ParseTags(value); ok && tags.Weak(now.Tag) {
			if reads {
				return http.StatusNotModified
			}
			return http.StatusPreconditionFailed
		}
		return 0
	}
	if at, ok := date(r, "If-Modified-Since"); ok && reads && !now.Modified.IsZero() && !seconds(now.Modified).After(at) {
		return http.StatusNotModified
	}
	return 0
}

// rangeHolds evaluates If-Range (RFC 9110, 13.1.5): does the Range still speak of these bytes?
func rangeHolds(r *http.Request, now State) bool {
	value := trim(r.Header.Get("If-Range"))
	if value == "" {
		return true
	}
	if tag, rest, ok := cutTag(value); ok && rest == "" {
		return Tags{List: []string{tag}}.Strong(now.Tag)
	}
	at, err := http.ParseTime(value)
	return err == nil && !now.Modified.IsZero() && at.Equal(seconds(now.Modified))
}

// field joins repeated fields, as lists may be sent.
func field(r *http.Request, name string) string {
	values := r.Header.Values(name)
	switch len(values) {
	case 0:
		return ""
	case 1:
		return values[0]
	}
	out := values[0]
	for _, v := range values[1:] {
		out += ", " + v
	}
	return out
}

// date reads a date field; one that is no date does not count.
func date(r *http.Request, name string) (time.Time, bool) {
	value := r.Header.Get(name)
	if value == "" {
		return time.Time{}, false
	}
	at, err := http.ParseTime(value)
	return at, err == nil
}

func seconds(t time.Time) time.Time { return t.Truncate(time.Second) }
