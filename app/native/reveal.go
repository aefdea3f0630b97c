package native

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// errTarget says that something is not what may be opened.
var errTarget = errors.New("cannot be opened")

// folder checks that a path is an absolute one of a folder: a file that was received is never opened,
// since opening could be running it.
func folder(path string) error {
	if !filepath.IsAbs(path) {
		return fmt.Errorf("%w: %q is not a whole path", errTarget, path)
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("%w: %q is not a folder", errTarget, path)
	}
	return nil
}

// selection checks paths that are to be shown selected, and answers the folder of the first.
func selection(paths []string) (dir string, err error) {
	if len(paths) == 0 {
		return "", fmt.Errorf("%w: nothing was named", errTarget)
	}
	for _, path := range paths {
		if !filepath.IsAbs(path) {
			return "", fmt.Errorf("%w: %q is not a whole path", errTarget, path)
		}
		if _, err := os.Lstat(path); err != nil {
			return "", err
		}
	}
	return filepath.Dir(paths[0]), nil
}

// address checks that text is what a browser or mail program may be asked to open, and writes it anew.
func address(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil {
		return "", fmt.Errorf("%w: that is no address", errTarget)
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Host == "" || u.Opaque != "" {
			return "", fmt.Errorf("%w: the address names no computer", errTarget)
		}
	case "mailto":
		if u.Host != "" || u.Opaque == "" && u.RawQuery == "" {
			return "", fmt.Errorf("%w: the address names nobody", errTarget)
		}
		for key := range u.Query() {
			if strings.HasPrefix(strings.ToLower(key), "attach") {
				return "", fmt.Errorf("%w: a letter may take no files of this computer along", errTarget)
			}
		}
	default:
		return "", fmt.Errorf("%w: only http, https and mailto addresses are", errTarget)
	}
	clean := u.String()
	for i := 0; i < len(clean); i++ {
		if c := clean[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"'<>\\^`{|}", c) >= 0 {
			return "", fmt.Errorf("%w: the address holds characters that no address has", errTarget)
		}
	}
	return clean, nil
}
