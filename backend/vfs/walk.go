package vfs

import (
	"errors"
	"iter"
	"slices"

	"portico/backend/vfs/driver"
)

// Walk yields everything below name that the identity may see: depth first, each folder before what
// it holds, sorted as List sorts. name itself comes first. What cannot be read is yielded with its
// error, and the walk goes on. A linked folder is entered unless it holds the walk already.
func (s *Session) Walk(name string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		e, err := s.Stat(name)
		if !yield(e, err) || err != nil || !e.IsFolder() {
			return
		}
		s.walk(e, nil, yield)
	}
}

func (s *Session) walk(dir Entry, above []string, yield func(Entry, error) bool) bool {
	real, err := s.realFolder(dir.Path)
	if err != nil {
		return yield(dir, problem(VerbList, dir.Path, err))
	}
	if real != "" && slices.Contains(above, real) {
		return true
	}
	list, err := s.List(dir.Path)
	if err != nil {
		return yield(dir, err)
	}
	above = append(above, real)
	for _, e := range list {
		if e.Absent {
			if !yield(e, problem(VerbList, e.Path, ErrAbsent)) {
				return false
			}
			continue
		}
		if !yield(e, nil) {
			return false
		}
		if e.IsFolder() && !s.walk(e, above, yield) {
			return false
		}
	}
	return true
}

// realFolder is where a folder really is, "" when it lies on no volume.
func (s *Session) realFolder(name string) (string, error) {
	p, err := s.resolve(name, driver.WantInfo)
	defer p.close()
	if err != nil || p.virtual {
		return "", err
	}
	if p.outside {
		return "", errors.New("not a folder of this volume")
	}
	return p.real, nil
}
