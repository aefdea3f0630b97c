package vfs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"portico/backend/access"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// theSecret is told by its length too.
var theSecret = strings.Repeat("secret ", 617)

// FuzzSessionNames asks every verb for hostile names, by a visitor who may do everything in a share of
// one folder: nothing outside of that folder is ever read, listed, made, changed or removed.
func FuzzSessionNames(f *testing.F) {
	for _, s := range []string{
		"/a", "..", "../secret", "/in/../../secret", "/../../files/secret", "/.portico", "/.portico/test/stage", "/a\x00b", "//",
		"/in/link/secret", "/in/link", "/%2e%2e/secret", `/..\secret`, "/in/./../..", "/CON", "/a\n", "/in/link/../secret", "/\u202e", "/a/.",
		"/in//link//", "/" + strings.Repeat("x", 255), "/" + strings.Repeat("é", 128), "/in/loop/loop", "/in/abs/etc/passwd", "\xff\xfe", "/.portico-stage-x",
	} {
		f.Add(s, "/b")
		f.Add("/in/a", s)
	}
	h := vfstest.New(f)
	root := h.Disk["/files"]
	for name, content := range map[string]string{"secret": theSecret, "share/in/a": "a", "share/b": "b"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755); err != nil {
			f.Fatal(err)
		}
		write(f, filepath.Join(root, name), content)
	}
	for link, to := range map[string]string{"share/in/link": "../..", "share/in/loop": "loop", "share/in/abs": "/"} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			f.Fatal(err)
		}
	}
	owner := vfstest.Owner()
	id := access.Identity{Kind: access.Link, ID: "1", Behind: &owner, Mask: access.Full, Root: "/files/share"}
	f.Fuzz(func(t *testing.T, a, b string) {
		s := h.Tree.Session(t.Context(), id, vfs.Origin{})
		defer s.Close()
		outside := outsideOf(t, root)
		if file, err := s.Open(a); err == nil {
			buf := make([]byte, len(theSecret))
			file.ReadAt(buf, 0)
			if string(buf) == theSecret {
				t.Fatalf("%q reads the secret", a)
			}
			file.Close()
		}
		if list, err := s.List(a); err == nil {
			for _, e := range list {
				if e.Size == int64(len(theSecret)) || strings.HasPrefix(e.Name, ".portico") {
					t.Fatalf("%q lists %q", a, e.Name)
				}
			}
		}
		for e, err := range s.Walk(a) {
			if err == nil && e.Size == int64(len(theSecret)) {
				t.Fatalf("%q walks to %q", a, e.Path)
			}
		}
		if r, err := s.Create(a, vfs.CreateOptions{Parents: true, Size: -1}); err == nil {
			r.Write([]byte("fuzz"))
			if res, err := r.Commit(); err == nil {
				checkNew(t, a, res.Name)
			}
			r.Abort()
		}
		if e, err := s.Mkdir(b, true); err == nil && e.Path != "/" {
			if st, err := s.Stat(e.Path); err != nil || !st.IsFolder() {
				t.Fatalf("%q was made and is not there: %v", b, err)
			}
		}
		s.Rename(a, b, vfs.Replace)
		s.Copy(b, a, vfs.KeepBoth)
		s.Remove(a)
		s.Stat(b)
		s.Record(b)
		s.Locks(b)
		s.Usage(b)
		s.SetTimes(b, time.Unix(1e9, 0))
		if now := outsideOf(t, root); now != outside {
			t.Fatalf("%q %q changed what is outside:\n%s\nbecame\n%s", a, b, outside, now)
		}
	})
}

// checkNew fails for a new name that a log, a listing or a header could be deceived by.
func checkNew(t *testing.T, asked, name string) {
	t.Helper()
	if !utf8.ValidString(name) || strings.ContainsAny(name, "/\x00\n\r\x1b") || name == "." || name == ".." {
		t.Fatalf("%q made %q", asked, name)
	}
}

// outsideOf describes everything in root but the share and the hidden place.
func outsideOf(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		if rel == "share" || rel == ".portico" {
			return fs.SkipDir
		}
		b.WriteString(rel + "\n")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(filepath.Join(root, "secret"))
	if err != nil || string(content) != theSecret {
		t.Fatalf("the secret is %q: %v", content, err)
	}
	return b.String()
}
