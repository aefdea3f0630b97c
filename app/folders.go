package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"portico/backend/access"
	"portico/backend/config"
	"portico/backend/server"
)

// volume is what the settings would say for the flag. The folder must be there.
func (f volumeFlag) volume() (config.Volume, error) {
	v := config.DefaultVolume()
	folder, err := folderAt(f.Source)
	if err != nil {
		return v, err
	}
	v.Folder, v.Path = folder, access.Clean(f.Mount)
	if asked := "/" + strings.Trim(f.Mount, "/"); asked != "/" && !access.Canonical(asked) {
		return v, fmt.Errorf("%q is no place in the tree: the place is where others see the folder, %s for example", f.Mount, v.Path)
	}
	if first, _, _ := strings.Cut(v.Path[1:], "/"); server.Reserved(first) {
		return v, fmt.Errorf("/%s is a reserved place", first)
	}
	rights := make(map[string]access.Right)
	for _, g := range f.Grants {
		who := g.Users
		if len(who) == 0 {
			who = []string{"*"}
		}
		for _, name := range who {
			rights[name] |= g.Rights
		}
	}
	v.Perms = make(map[string]string)
	for name, r := range rights {
		v.Perms[name] = r.String()
	}
	for _, o := range f.Flags {
		if err := v.SetFlag(o.Name, o.Value); err != nil {
			return v, err
		}
	}
	return v, nil
}

// readVolume reads a -v value; what is wrong with it is wrong usage.
func readVolume(text string) (config.Volume, error) {
	f, err := parseVolume(text, runtime.GOOS == "windows")
	if err != nil {
		return config.Volume{}, usage{fmt.Errorf("-v %s: %w", text, err), "portico help perms"}
	}
	v, err := f.volume()
	if err == nil {
		return v, nil
	}
	right := ""
	if asked := "/" + strings.Trim(f.Mount, "/"); asked != "/" && !access.Canonical(asked) {
		rest := splitColons(text, runtime.GOOS == "windows")
		right = "-v " + joinColons(append([]string{rest[0], strings.Trim(access.Clean(f.Mount), "/")}, rest[2:]...)...)
	}
	if first, _, _ := strings.Cut(access.Clean(f.Mount)[1:], "/"); server.Reserved(first) {
		rest := strings.SplitN(text, ":", 3)
		right = "-v " + strings.Join([]string{rest[0], first + "-1", rest[len(rest)-1]}, ":")
	}
	return v, usage{fmt.Errorf("-v %s: %w", text, err), right}
}

// folderVolume shares a folder with everybody under its own name.
func folderVolume(folder, letters string) (config.Volume, error) {
	v := config.DefaultVolume()
	at, err := folderAt(folder)
	if err != nil {
		return v, usage{err, "portico serve FOLDER"}
	}
	v.Folder, v.Perms = at, map[string]string{"*": letters}
	return v, nil
}

// wholeName is the whole name of what somebody names. An empty name, as a variable that is not set leaves it,
// does not mean the folder in which one is: everything there would be open.
func wholeName(name string) (string, error) {
	if name == "" {
		return "", errors.New("the folder has an empty name; the one in which you are is “.”")
	}
	return filepath.Abs(name)
}

// folderAt makes sure that a folder is there and returns its whole name.
func folderAt(name string) (string, error) {
	at, err := wholeName(name)
	if err != nil {
		return "", err
	}
	about, err := os.Stat(at)
	switch {
	case os.IsNotExist(err):
		return "", fmt.Errorf("there is no folder %s", printable(at))
	case err != nil:
		return "", errors.New(notForUs(at))
	case !about.IsDir():
		return "", fmt.Errorf("%s is a file; serve the folder it lies in (%s), or, while Portico runs: portico share %s",
			printable(at), printable(filepath.Dir(at)), printable(name))
	}
	dir, err := os.Open(at)
	if err != nil {
		return "", errors.New(notForUs(at))
	}
	return at, dir.Close()
}

func notForUs(folder string) string {
	return fmt.Sprintf("%s may not be read by this user (%s): nothing was started; let it be read (chmod, chown), or start Portico as its owner",
		printable(folder), userName())
}

// logins reads -a values.
func logins(texts []string) ([]server.Login, error) {
	var out []server.Login
	for _, text := range texts {
		name, password, err := parseAccount(text)
		if err != nil {
			return nil, usage{err: fmt.Errorf("-a: %w", err)}
		}
		if slices.ContainsFunc(out, func(l server.Login) bool { return strings.EqualFold(l.Name, name) }) {
			return nil, usage{err: fmt.Errorf("-a: there are two accounts %q", name)}
		}
		out = append(out, server.Login{Name: name, Password: password})
	}
	return out, nil
}
