//go:build unix && !darwin

package native

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// Places are where a desktop looks (XDG Base Directory 0.8). What is written is written below Config and
// Data only.
type Places struct {
	Home       string   // nothing at or above it is ever removed
	Config     string   // XDG_CONFIG_HOME
	Data       string   // XDG_DATA_HOME
	ConfigDirs []string // XDG_CONFIG_DIRS
	DataDirs   []string // XDG_DATA_DIRS
	Desktops   []string // XDG_CURRENT_DESKTOP, in small letters
	Path       string   // PATH, for the desktop's own programs
}

// UserPlaces are those of this person, as the environment says.
func UserPlaces() (Places, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return Places{}, err
	}
	if !filepath.IsAbs(home) {
		return Places{}, errors.New("the home folder is not a whole path: " + home)
	}
	whole := func(name, otherwise string) string {
		if dir := os.Getenv(name); filepath.IsAbs(dir) {
			return filepath.Clean(dir)
		}
		return filepath.Join(home, otherwise)
	}
	list := func(name, otherwise string) (out []string) {
		for _, dir := range filepath.SplitList(cmp.Or(os.Getenv(name), otherwise)) {
			if filepath.IsAbs(dir) {
				out = append(out, filepath.Clean(dir))
			}
		}
		return out
	}
	p := Places{
		Home: filepath.Clean(home), Path: os.Getenv("PATH"),
		Config: whole("XDG_CONFIG_HOME", ".config"), Data: whole("XDG_DATA_HOME", ".local/share"),
		ConfigDirs: list("XDG_CONFIG_DIRS", "/etc/xdg"), DataDirs: list("XDG_DATA_DIRS", "/usr/local/share:/usr/share"),
	}
	for _, name := range filepath.SplitList(os.Getenv("XDG_CURRENT_DESKTOP")) {
		p.Desktops = append(p.Desktops, strings.ToLower(name))
	}
	return p, nil
}
