package server

import (
	"fmt"
	"path/filepath"
	"strings"

	"portico/backend/access"
)

// mountAt proposes where in the tree a folder of this computer appears: at "/<its name>". A name
// that the door reserves becomes NAME-1, one that is taken NAME-2; why tells when that happened.
func mountAt(folder string, taken func(path string) bool, reserved func(segment string) bool) (path, why string) {
	name := baseName(folder)
	first := name
	if reserved(name) {
		first = name + "-1"
		why = fmt.Sprintf("/%s is reserved, so the folder appears at /%s", name, first)
	}
	path = access.Join("/", first)
	for n := 2; taken(path) || reserved(path[1:]); n++ {
		path = access.Join("/", fmt.Sprintf("%s-%d", name, n))
		why = fmt.Sprintf("/%s is taken, so the folder appears at %s", name, path)
	}
	return path, why
}

// baseName is what a folder is called; a whole disk is called by its letter, or "root".
func baseName(folder string) string {
	name := filepath.Base(folder)
	if volume := filepath.VolumeName(folder); volume != "" && strings.Trim(folder[len(volume):], `/\`) == "" {
		name = strings.Trim(volume, `:/\`)
		name = name[strings.LastIndexAny(name, `/\`)+1:]
	}
	if name == "" || name == "." || name == string(filepath.Separator) {
		return "root"
	}
	return name
}

// volumeName makes a lasting name of a tree path: "photos" of "/photos", "root" of "/".
func volumeName(path string, taken func(name string) bool) string {
	base := strings.Trim(strings.ReplaceAll(path, "/", "-"), "-")
	if base == "" {
		base = "root"
	}
	name := base
	for n := 2; taken(name); n++ {
		name = fmt.Sprintf("%s-%d", base, n)
	}
	return name
}
