package vfs

import (
	"context"
	"io/fs"

	"portico/backend/access"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// Property is something that a client hung on a name, which means nothing to the core (a dead property
// of WebDAV). It goes where the name goes, and copies take it along.
type Property struct {
	Space, Name string // namespace and local name: together one of an entry
	Lang        string // of the value, "" unknown
	Value       string // XML that stands by itself
}

// PropertyChange sets a property, or takes it away.
type PropertyChange struct {
	Property
	Remove bool
}

// What one entry may have hung on it.
const (
	mostProperties    = 200
	mostPropertyBytes = 64 << 10 // names and values of all of them
)

// SetProperties changes what hangs on a name, in this order; all of it or nothing. It needs the right to
// replace what is there, or that the identity made it. It is no event. ErrTooLarge where more would hang
// there than may.
func (s *Session) SetProperties(name string, changes []PropertyChange) error {
	for _, c := range changes {
		if c.Space == attributeSpace {
			return problem(VerbProperties, name, fs.ErrPermission)
		}
	}
	if err := s.hang(name, changes); err != nil {
		return problem(VerbProperties, name, err)
	}
	return nil
}

func (s *Session) hang(name string, changes []PropertyChange) error {
	p, err := s.changeable(name)
	defer func() { p.close() }()
	if err != nil {
		return err
	}
	// Held still while the rows are written, so that they do not hang on a name that went.
	p.vol.shape.RLock()
	defer p.vol.shape.RUnlock()
	dir, base := split(p.real)
	defer s.tree.names.lock(nameKey(dir, base))()
	real := p.real
	p.close()
	if p, err = s.changeable(name); err != nil {
		return err
	}
	if p.real != real {
		return ErrBusy
	}
	op := s.op(VerbProperties, &p)
	if err := s.admit(op); err != nil {
		return err
	}
	s.tree.hung.Store(true)
	err = s.tree.store.Write(s.ctx, p.vol.Durability, func(tx *store.Tx) error {
		node, err := tx.MakeNode(p.vol.Name, under(p.vol.Path, p.real))
		if err != nil {
			return err
		}
		return changeProperties(tx, node, changes)
	})
	s.released(op, err, 0)
	return err
}

// changeable resolves a name on which something may be hung.
func (s *Session) changeable(name string) (place, error) {
	p, err := s.resolve(name, driver.WantInfo)
	switch {
	case err != nil:
		return p, err
	case p.virtual || p.vol == nil || p.outside:
		return p, fs.ErrPermission
	case p.vol.ReadOnly:
		return p, ErrReadOnly
	}
	if c := s.claimAt(&p); !c.replace() && !(p.rights.Has(access.Write) && c.made()) {
		return p, c.refuse()
	}
	return p, nil
}

func changeProperties(tx *store.Tx, node int64, changes []PropertyChange) error {
	for _, c := range changes {
		err := tx.DropProperty(node, c.Space, c.Name)
		if err == nil && !c.Remove {
			err = tx.PutProperty(node, store.Property(c.Property))
		}
		if err != nil {
			return err
		}
	}
	all, err := tx.Properties(node)
	if err != nil {
		return err
	}
	return bearable(all)
}

// Properties puts into out, by path, what hangs on an entry and on those that List found inside it.
func (s *Session) Properties(out map[string][]Property, e *Entry, inside []Entry) error {
	if !s.tree.hung.Load() {
		return nil
	}
	for _, one := range append([]Entry{*e}, beyond(inside)...) {
		if err := s.propertiesOf(out, &one); err != nil {
			return problem(VerbProperties, one.Path, err)
		}
	}
	if len(inside) == 0 {
		return nil
	}
	if err := s.propertiesIn(out, e, inside); err != nil {
		return problem(VerbProperties, e.Path, err)
	}
	return nil
}

// beyond are the entries of a folder that are kept elsewhere than in it.
func beyond(inside []Entry) (out []Entry) {
	for i := range inside {
		if inside[i].Linked || inside[i].Mount {
			out = append(out, inside[i])
		}
	}
	return out
}

func (s *Session) propertiesOf(out map[string][]Property, e *Entry) error {
	p, err := s.resolve(e.Path, driver.WantInfo)
	defer p.close()
	if err == nil {
		err = s.claimAt(&p).know()
	}
	if err != nil || p.virtual || p.vol == nil || p.outside {
		if missing(err) || err == ErrAbsent {
			err = nil // it went meanwhile
		}
		return err
	}
	return s.tree.store.Read(s.ctx, func(tx *store.Tx) error {
		node, err := tx.Node(p.vol.Name, under(p.vol.Path, p.real))
		if err != nil || node == 0 {
			return err
		}
		list, err := tx.Properties(node)
		if shown := properties(list); len(shown) > 0 {
			out[e.Path] = shown
		}
		return err
	})
}

func (s *Session) propertiesIn(out map[string][]Property, e *Entry, inside []Entry) error {
	p, err := s.resolve(e.Path, driver.WantInfo)
	defer p.close()
	if err != nil || p.virtual || p.vol == nil || p.outside {
		return err
	}
	var all map[string][]store.Property
	err = s.tree.store.Read(s.ctx, func(tx *store.Tx) error {
		node, err := tx.Node(p.vol.Name, under(p.vol.Path, p.real))
		if err == nil && node != 0 {
			all, err = tx.PropertiesIn(node)
		}
		return err
	})
	for i := range inside {
		if list := properties(all[inside[i].Name]); len(list) > 0 && !inside[i].Linked && !inside[i].Mount {
			out[inside[i].Path] = list
		}
	}
	return err
}

// properties are those that doors show as such.
func properties(list []store.Property) (out []Property) {
	for _, p := range list {
		if p.Space != attributeSpace {
			out = append(out, Property(p))
		}
	}
	return out
}

// loadProperties finds out whether anything hangs anywhere: mostly nothing does, and nobody need ask.
func (t *Tree) loadProperties(ctx context.Context) error {
	return t.store.Read(ctx, func(tx *store.Tx) error {
		any, err := tx.HasProperties()
		t.hung.Store(any)
		return err
	})
}
