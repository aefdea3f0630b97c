package vfs

import "portico/backend/vfs/driver"

// RemoveFile is Remove of anything but a folder, which is ErrKind.
func (s *Session) RemoveFile(name string) (Removed, error) {
	if r, ok := s.removePending(name); ok {
		return r, nil
	}
	return s.removeStill(name, func(t *target) error {
		if t.isFolder() {
			return ErrKind
		}
		return nil
	})
}

// RemoveEmpty is Remove of a folder in which nothing is, whoever may see it; else ErrNotEmpty, ErrKind.
func (s *Session) RemoveEmpty(name string) (Removed, error) {
	return s.removeStill(name, func(t *target) error {
		if !t.isFolder() {
			return ErrKind
		}
		return inFolder(s.ctx, t.folder, t.base, func(dir driver.Folder) error {
			for _, err := range dir.Entries(s.ctx) {
				if err != nil {
					return translate(err)
				}
				return ErrNotEmpty
			}
			return nil
		})
	})
}

func (s *Session) removeStill(name string, still func(*target) error) (Removed, error) {
	r, err := s.remove(name, still)
	if err != nil {
		return Removed{}, problem(VerbRemove, name, err)
	}
	return r, nil
}
