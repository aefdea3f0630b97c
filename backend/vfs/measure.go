package vfs

import "portico/backend/vfs/driver"

// measure asks the folder itself, or that of a file: another disk may be mounted below the volume's own.
func (s *Session) measure(p *place) (free, total int64, ok bool) {
	rel := under(p.vol.Path, p.path)
	if p.obj != nil {
		if rel, ok = p.obj.Real(); ok {
			return 0, 0, false // outside of the volume
		}
	}
	if p.obj == nil || p.info.Kind != KindFolder {
		rel, _ = splitRel(rel)
	}
	if rel == "." {
		return 0, 0, false // the volume's own disk
	}
	obj, err := p.vol.Driver.Lookup(s.ctx, rel, driver.WantDir)
	if err != nil {
		return 0, 0, false
	}
	defer obj.Close()
	dir, err := obj.Folder()
	if err != nil {
		return 0, 0, false
	}
	defer dir.Close()
	m, ok := dir.(driver.Measurer)
	if !ok {
		return 0, 0, false
	}
	free, total, err = m.Usage(s.ctx)
	return free, total, err == nil && total > 0
}
