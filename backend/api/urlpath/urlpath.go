// Package urlpath reads the paths that browsers show: which part of one is a short link, and which
// is a name in the tree behind it. It is pure text; whether the link exists is asked elsewhere.
package urlpath

import "strings"

// Base returns the part of a URL path that gives the right to be there: "/s/KEY" for a path inside
// a share, "" for the tree itself. A path of the tree that Base was cut from follows it directly.
func Base(urlPath string) string {
	if len(urlPath) < 4 || !strings.EqualFold(urlPath[:3], "/s/") {
		return ""
	}
	key, _, _ := strings.Cut(urlPath[3:], "/")
	if key == "" {
		return ""
	}
	return "/s/" + key
}

// Join puts a canonical path of the tree behind base: both begin with a slash, base may be "".
func Join(base, name string) string { return base + "/" + strings.TrimPrefix(name, "/") }
