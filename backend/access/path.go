package access

import (
	"path"
	"strings"
)

// Canonical reports whether p is a canonical tree path: absolute, cleaned, without a NUL.
// It compares text only: that p names the object it seems to name is for vfs to see to.
func Canonical(p string) bool {
	if p == "/" {
		return true
	}
	if p == "" || p[0] != '/' || strings.IndexByte(p, 0) >= 0 {
		return false
	}
	for rest := p[1:]; ; {
		i := strings.IndexByte(rest, '/')
		name := rest
		if i >= 0 {
			name = rest[:i]
		}
		if name == "" || name == "." || name == ".." {
			return false
		}
		if i < 0 {
			return true
		}
		rest = rest[i+1:]
	}
}

// Clean makes a canonical tree path of what a person wrote in a configuration: "photos/" becomes
// "/photos". It is not for names that come from clients.
func Clean(p string) string {
	return path.Clean("/" + strings.ReplaceAll(p, "\x00", ""))
}

// Within reports whether path is dir or lies below it. Both are canonical.
func Within(dir, path string) bool {
	return dir == "/" || path == dir || strings.HasPrefix(path, dir) && path[len(dir)] == '/'
}

// Parent returns the folder of a canonical path; "/" is its own parent.
func Parent(path string) string {
	if i := strings.LastIndexByte(path, '/'); i > 0 {
		return path[:i]
	}
	return "/"
}

// Base returns the last name of a canonical path, "" for "/".
func Base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// Join appends one clean name to a canonical path.
func Join(dir, name string) string {
	if dir == "/" {
		return "/" + name
	}
	return dir + "/" + name
}
