package fault

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"

	"portico/backend/vfs/driver"
)

// image is the storage twice: as the program sees it, and as it is safe against power loss. A nil
// image notes nothing.
type image struct {
	mu     sync.Mutex
	root   *node
	stages *node // ids instead of names
	attics map[string]*node
	log    []*change // of names, not safe yet, in the order they were made
}

// node is a folder (with names) or a file (with content). Both states share nodes.
type node struct {
	folder bool
	opaque bool // a link: left as it is

	names, safeNames map[string]*node

	size     int64   // as the program sees it
	safe     []byte  // content that is safe
	pending  []patch // writes since, in order
	time     time.Time
	journals [][]byte // saved since the last synced one, which is the first (an entry nil: none)

	settled int // patches that became safe so far
	first   int // journals that were dropped so far
}

// patch is one write, truncation or change of times.
type patch struct {
	off   int64
	data  []byte
	cut   bool // to off
	stamp time.Time
}

// change is what happens to names in one step.
type change struct {
	edits []edit
	safe  bool
}

// edit gives name in a folder to now, or takes it away. was, when set, must have the name.
type edit struct {
	in   *node
	name string
	was  *node
	now  *node
	gone bool
}

func newFolder() *node {
	return &node{folder: true, names: map[string]*node{}, safeNames: map[string]*node{}}
}

// takeImage reads a storage. What is there counts as safe.
func takeImage(ctx context.Context, d driver.Driver) (*image, error) {
	m := &image{root: newFolder(), stages: newFolder(), attics: map[string]*node{}}
	root, err := openFolder(ctx, d, ".")
	if err != nil {
		return nil, err
	}
	defer root.Close()
	if err = m.take(ctx, root, m.root); err != nil {
		return nil, err
	}
	for id, err := range d.Stages(ctx) {
		if err != nil {
			return nil, err
		}
		s, err := d.OpenStage(ctx, id)
		if err != nil {
			return nil, err
		}
		n, err := stageContent(s)
		if err = errors.Join(err, s.Close()); err != nil {
			return nil, err
		}
		m.stages.names[id], m.stages.safeNames[id] = n, n
	}
	return m, nil
}

func (m *image) take(ctx context.Context, f driver.Folder, into *node) error {
	for i, err := range f.Names(ctx) {
		if err != nil {
			return err
		}
		n := &node{opaque: true}
		switch i.Kind {
		case driver.KindFolder:
			n = newFolder()
			sub, err := openBelow(ctx, f, i.Name)
			if err != nil {
				return err
			}
			err = m.take(ctx, sub, n)
			if err = errors.Join(err, sub.Close()); err != nil {
				return err
			}
		case driver.KindFile:
			o, err := f.Lookup(ctx, i.Name, driver.WantRead)
			if err != nil {
				return err
			}
			n, err = fileContent(o)
			if err = errors.Join(err, o.Close()); err != nil {
				return err
			}
		}
		into.names[i.Name], into.safeNames[i.Name] = n, n
	}
	return nil
}

func openFolder(ctx context.Context, d driver.Driver, name string) (driver.Folder, error) {
	o, err := d.Lookup(ctx, name, driver.WantDir)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	return o.Folder()
}

func openBelow(ctx context.Context, f driver.Folder, base string) (driver.Folder, error) {
	o, err := f.Lookup(ctx, base, driver.WantDir)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	return o.Folder()
}

func fileContent(o driver.Object) (*node, error) {
	f, err := o.Open()
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	return &node{safe: b, size: int64(len(b)), time: o.Info().ModTime}, nil
}

func stageContent(s driver.Stage) (*node, error) {
	size, err := s.Size()
	if err != nil {
		return nil, err
	}
	b := make([]byte, size)
	if _, err = s.ReadAt(b, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	j, err := s.Journal()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &node{safe: b, size: size, journals: [][]byte{nil}}, nil
	case err != nil:
		return nil, err
	}
	return &node{safe: b, size: size, journals: [][]byte{append([]byte{}, j...)}}, nil
}

// find returns the folder or file of a canonical name.
func (m *image) find(name string) *node {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.root
	if name == "." {
		return n
	}
	for seg := range strings.SplitSeq(name, "/") {
		if n == nil || !n.folder {
			return nil
		}
		n = n.names[seg]
	}
	return n
}

func (m *image) child(of *node, base string) *node {
	if m == nil || of == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	_, n := of.stored(base)
	return n
}

// stored finds the spelling under which a folder holds base. The image is locked.
func (n *node) stored(base string) (string, *node) {
	if n == nil || n.names[base] != nil {
		return base, n.get(base)
	}
	for name, c := range n.names {
		if strings.EqualFold(name, base) {
			return name, c
		}
	}
	return base, nil
}

func (n *node) get(base string) *node {
	if n == nil {
		return nil
	}
	return n.names[base]
}

func (m *image) stagesNode() *node {
	if m == nil {
		return nil
	}
	return m.stages
}

func (m *image) stageNode(id string) *node { return m.child(m.stagesNode(), id) }

func (m *image) attic(kind string) *node {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.attics[kind] == nil {
		m.attics[kind] = newFolder()
	}
	return m.attics[kind]
}
