//go:build linux

package samba

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// programs are what this room runs.
type programs struct {
	smbd    string // absolute
	wrapper string // libnss_wrapper.so, absolute
}

// MissingError says what has to be installed first.
type MissingError struct{ What []string }

func (e *MissingError) Error() string {
	what := make([]string, len(e.What))
	for i, w := range e.What {
		what[i] = map[string]string{
			"samba": "Samba", "libnss-wrapper": "libnss-wrapper", "fuse3": "FUSE", "/dev/fuse": "the device /dev/fuse",
		}[w]
	}
	text := "SMB needs " + strings.Join(what, " and ") + ", which this computer does not have"
	var packages []string
	for _, w := range e.What {
		if !strings.HasPrefix(w, "/") {
			packages = append(packages, w)
		}
	}
	if len(packages) > 0 {
		return text + ". On Debian and Ubuntu: apt install " + strings.Join(packages, " ")
	}
	return text + ". In a container, start it with --device /dev/fuse --cap-add SYS_ADMIN"
}

// find looks for the programs; *MissingError.
func find() (p programs, err error) {
	var missing []string
	if p.smbd = program("smbd"); p.smbd == "" {
		missing = append(missing, "samba")
	}
	if p.wrapper = library("libnss_wrapper.so"); p.wrapper == "" {
		missing = append(missing, "libnss-wrapper")
	}
	if os.Geteuid() != 0 && program("fusermount3") == "" {
		missing = append(missing, "fuse3")
	}
	if f, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0); err != nil {
		missing = append(missing, "/dev/fuse")
	} else {
		f.Close()
	}
	if len(missing) > 0 {
		return p, &MissingError{missing}
	}
	return p, nil
}

// program finds a program also where servers lie, which is not on everybody's PATH.
func program(name string) string {
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	for _, dir := range []string{"/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/local/samba/sbin"} {
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path
		}
	}
	return ""
}

// library finds a library of the system.
func library(name string) string {
	for _, dir := range []string{"/usr/lib/*-linux-gnu*", "/usr/lib64", "/usr/lib", "/usr/local/lib", "/lib64", "/lib"} {
		if found, _ := filepath.Glob(filepath.Join(dir, name)); len(found) > 0 {
			return found[0]
		}
	}
	return ""
}
