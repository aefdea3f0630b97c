package share

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"portico/backend/access"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/localdisk"
)

// story is the whole of it: a folder on a disk, the core over it, people and shares. What visitors
// get at is asked through vfs, as every door does.
type story struct {
	*house
	tree *vfs.Tree
	disk string
}

func newStory(t *testing.T) *story {
	s := &story{house: newHouse(t), disk: t.TempDir()}
	for name, text := range map[string]string{
		"shared/a.txt": "a", "shared/b.txt": "b", "shared/sub/c.txt": "c", "shared/private/p.txt": "private",
		"shared2/near.txt": "near", "sibling.txt": "sibling", "other/o.txt": "other",
	} {
		path := filepath.Join(s.disk, filepath.FromSlash(name))
		s.must(os.MkdirAll(filepath.Dir(path), 0o755))
		s.must(os.WriteFile(path, []byte(text), 0o644))
	}
	disk, err := localdisk.Open(t.Context(), localdisk.Options{Root: s.disk, Instance: "test"})
	s.must(err)
	s.tree, err = vfs.New(vfs.Config{Store: s.store})
	s.must(err)
	s.must(s.tree.Mount(t.Context(), vfs.Volume{Name: "vol", Path: "/", Driver: disk}))
	t.Cleanup(func() { s.must(s.tree.Close()) })
	s.o.Target, s.o.NodePath = s.look, s.place
	s.o.Policy = func() *access.Policy { return s.policy() }
	s.judge()
	return s
}

// judge puts the rules in force.
func (s *story) judge() { s.tree.SetPolicy(s.policy()) }

func (s *story) look(ctx context.Context, by access.Identity, path string) (Target, error) {
	session := s.tree.Session(ctx, by, vfs.Origin{Door: "share"})
	defer session.Close()
	e, err := session.Stat(path)
	if err != nil {
		return Target{}, err
	}
	out := Target{Path: path, File: !e.IsFolder()}
	err = s.store.Write(ctx, store.Durable, func(tx *store.Tx) (err error) {
		out.Node, err = tx.MakeNode("vol", path[1:])
		return err
	})
	return out, err
}

func (s *story) place(ctx context.Context, node int64) (path string, err error) {
	err = s.store.Read(ctx, func(tx *store.Tx) error {
		_, rel, ok, err := tx.Place(node)
		if err == nil && !ok {
			err = fs.ErrNotExist
		}
		path = "/" + rel
		return err
	})
	return path, err
}

func (s *story) session(id access.Identity) *vfs.Session {
	session := s.tree.Session(context.Background(), id, vfs.Origin{Door: "http", Remote: "192.168.1.30"})
	s.t.Cleanup(session.Close)
	return session
}

// visit opens a share and returns the session that its visitor gets.
func (s *story) visit(key string) *vfs.Session {
	s.t.Helper()
	id, _, _ := s.open(key, phone)
	return s.session(id)
}

func names(t *testing.T, v *vfs.Session, folder string) (out []string) {
	t.Helper()
	list, err := v.List(folder)
	if err != nil {
		t.Fatalf("%s: %v", folder, err)
	}
	for _, e := range list {
		out = append(out, e.Name)
	}
	return out
}

func read(v *vfs.Session, name string) (string, error) {
	f, err := v.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	return string(b), err
}

// outside are names by which visitors of every product have tried to leave a share.
var outside = []string{
	"/../sibling.txt", "/..", "/../", "../sibling.txt", "/sub/../../sibling.txt", "/sibling.txt", "/shared/a.txt",
	"/../shared2/near.txt", "/2/near.txt", "/..%2fsibling.txt", "/%2e%2e/sibling.txt", "/..\\sibling.txt",
	"/./../sibling.txt", "//../sibling.txt", "/sub/../../../../etc/passwd", "/\x00/../sibling.txt", "/../shared/../sibling.txt",
}
