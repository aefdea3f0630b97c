package vfs

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// attributeSpace is that of the properties that are attributes. No door writes or shows it as a property.
const attributeSpace = "portico:attribute"

// What one entry may have beside its content.
const (
	mostAttributes     = 64
	mostAttributeBytes = 128 << 10 // keys and values of all of them
	longestAttribute   = 255       // bytes of a key
)

// Attributes are the bytes that clients keep beside the content of an entry, by key: extended attributes,
// named streams. They mean nothing to the core, go where the name goes, and copies take them along.
// They need the right to read the entry.
func (s *Session) Attributes(name string) (map[string][]byte, error) {
	out, err := s.attributes(name)
	if err != nil {
		return nil, problem(VerbProperties, name, err)
	}
	return out, nil
}

func (s *Session) attributes(name string) (map[string][]byte, error) {
	p, err := s.resolve(name, driver.WantInfo)
	defer p.close()
	if err == nil {
		err = s.claimAt(&p).know()
	}
	if err == nil && !s.claimAt(&p).read() {
		err = s.claimAt(&p).refuse()
	}
	if err != nil || p.virtual || p.vol == nil || p.outside || !s.tree.hung.Load() {
		return nil, err
	}
	var out map[string][]byte
	err = s.tree.store.Read(s.ctx, func(tx *store.Tx) error {
		node, err := tx.Node(p.vol.Name, under(p.vol.Path, p.real))
		if err != nil || node == 0 {
			return err
		}
		list, err := tx.Properties(node)
		if err == nil {
			out, err = attributesIn(list)
		}
		return err
	})
	return out, err
}

func attributesIn(list []store.Property) (_ map[string][]byte, err error) {
	out := make(map[string][]byte)
	for _, p := range list {
		if p.Space == attributeSpace && err == nil {
			out[p.Name], err = base64.StdEncoding.DecodeString(p.Value)
		}
	}
	return out, err
}

// SetAttribute keeps value beside the content of an entry by a key of at most 255 bytes, or takes away what
// is kept by it where value is nil. It needs what SetProperties needs, and is no event. ErrTooLarge where
// more would be kept than may: 64 values, 128 KiB.
func (s *Session) SetAttribute(name, key string, value []byte) error {
	if err := s.setAttribute(name, key, value); err != nil {
		return problem(VerbProperties, name, err)
	}
	return nil
}

func (s *Session) setAttribute(name, key string, value []byte) error {
	change, err := attribute(key, value)
	if err != nil {
		return err
	}
	return s.hang(name, []PropertyChange{change})
}

// attribute is the change that keeps a value, or takes it away.
func attribute(key string, value []byte) (PropertyChange, error) {
	switch {
	case key == "" || len(key) > longestAttribute || !utf8.ValidString(key) || strings.ContainsRune(key, 0):
		return PropertyChange{}, ErrName
	case len(value) > mostAttributeBytes:
		return PropertyChange{}, ErrTooLarge
	}
	return PropertyChange{Remove: value == nil, Property: Property{Space: attributeSpace, Name: key, Value: base64.StdEncoding.EncodeToString(value)}}, nil
}

// Attributes are those that were set with the write.
func (w *Writer) Attributes() (map[string][]byte, error) {
	w.up.mu.Lock()
	defer w.up.mu.Unlock()
	return attributesIn(w.up.hung)
}

// SetAttribute lets the file have an attribute when the write is committed, or takes back one that was set so.
// Those that the file has already it keeps. Its bounds are Session.SetAttribute's; a write that is kept and
// taken up after a restart has lost them.
func (w *Writer) SetAttribute(key string, value []byte) error {
	c, err := attribute(key, value)
	if err == nil {
		err = w.up.hang(c)
	}
	if err != nil {
		return problem(VerbProperties, w.name, err)
	}
	return nil
}

func (u *upload) hang(c PropertyChange) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.live == nil || u.sealed.Load() {
		return ErrBusy // it appears at this moment
	}
	after := make([]store.Property, 0, len(u.hung)+1)
	for _, p := range u.hung {
		if p.Name != c.Name {
			after = append(after, p)
		}
	}
	if !c.Remove {
		after = append(after, store.Property(c.Property))
	}
	if err := bearable(after); err != nil {
		return err
	}
	u.hung = after
	return nil
}

// bearable refuses more than one entry may have hung on it.
func bearable(all []store.Property) error {
	var properties, attributes, bytes, kept int
	for _, p := range all {
		if p.Space == attributeSpace {
			attributes++
			kept += len(p.Name) + base64.StdEncoding.DecodedLen(len(p.Value))
		} else {
			properties++
			bytes += len(p.Space) + len(p.Name) + len(p.Lang) + len(p.Value)
		}
	}
	if properties > mostProperties || bytes > mostPropertyBytes || attributes > mostAttributes || kept > mostAttributeBytes {
		return ErrTooLarge
	}
	return nil
}
