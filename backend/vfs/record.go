package vfs

import (
	"encoding/hex"

	"portico/backend/access"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// Record tells what the store knows of an entry beyond the disk: its hash while the content is still
// the one that was hashed, and where it came from.
func (s *Session) Record(name string) (Record, error) {
	p, err := s.resolve(name, driver.WantInfo)
	defer p.close()
	if err == nil {
		err = s.claimAt(&p).know()
	}
	if err == nil {
		err = s.look(VerbStat, &p)
	}
	if err != nil {
		return Record{}, problem(VerbStat, name, err)
	}
	if p.vol == nil || p.outside {
		return Record{}, nil
	}
	var r Record
	err = s.tree.store.Read(s.ctx, func(tx *store.Tx) (err error) {
		if r.Node, err = tx.Node(p.vol.Name, under(p.vol.Path, p.real)); err != nil || r.Node == 0 {
			return err
		}
		c, ok, err := tx.Content(r.Node)
		if err == nil && ok {
			r.fill(c, p.info.Version)
		}
		return err
	})
	if err != nil {
		return Record{}, problem(VerbStat, name, err)
	}
	return r, nil
}

func (r *Record) fill(c store.Content, version string) {
	if !c.Folder && c.Version != version {
		return // changed behind our back: neither the hash nor its sender are this content's
	}
	r.By, r.Door, r.Remote, r.Arrived = c.By.Name, c.By.Door, c.By.Remote, c.Arrived
	if r.By == "" {
		r.By = access.Kind(c.By.Kind).String()
	}
	if len(c.SHA256) > 0 {
		r.SHA256, r.CRC32 = hex.EncodeToString(c.SHA256), c.CRC32
	}
}
