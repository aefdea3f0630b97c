package server

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// hideIn returns what a volume in folder must not show: the data folder, with the keys and the
// database; hide if it lies in there, else apart, for links and mounts may lead to it. A folder that is
// the data folder, or lies in it, is refused.
func (s *Server) hideIn(folder string) (hide, apart []string, err error) {
	data, err := realFolder(s.o.Data)
	if err != nil {
		return nil, nil, err
	}
	folder, err = realFolder(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, []string{data}, nil // not there yet: asked again when it is opened
	}
	if err != nil {
		return nil, nil, err
	}
	inside, err := liesIn(folder, data)
	if err != nil {
		return nil, nil, err
	}
	if inside {
		return nil, nil, fmt.Errorf("this is the data folder of Portico, or lies in it (%s). Its keys and database must not be "+
			"shared; choose another folder, or another data folder with --data", data)
	}
	around, err := liesIn(data, folder)
	switch {
	case err != nil:
		return nil, nil, err
	case around:
		return []string{data}, nil, nil
	}
	return nil, []string{data}, nil
}

// liesIn reports whether name is folder or lies in it. Both have their links resolved; they are
// compared as objects, because a disk may know one folder under several spellings or mounts.
func liesIn(name, folder string) (bool, error) {
	want, err := os.Stat(folder)
	if err != nil {
		return false, err
	}
	for {
		// A folder further up that may not be looked at is not one that is served.
		if about, err := os.Stat(name); err == nil && os.SameFile(about, want) {
			return true, nil
		}
		up := filepath.Dir(name)
		if up == name {
			return false, nil
		}
		name = up
	}
}

// realFolder is an absolute name with its links resolved.
func realFolder(name string) (string, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}
