package vfs_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"portico/backend/access"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// TestLinksAreJudgedWhereTheyLead: a link opens nothing that the identity may not open by its real
// name, whoever made it.
func TestLinksAreJudgedWhereTheyLead(t *testing.T) {
	outside := t.TempDir()
	write(t, filepath.Join(outside, "secret"), "outside")
	h := vfstest.New(t,
		vfstest.Grant("/files/pub", vfstest.Everyone(), "rwmd"),
		vfstest.Grant("/files/private", vfstest.Account("ann"), "r"))
	root := h.Disk["/files"]
	for _, dir := range []string{"pub/open", "private"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(root, "private/secret"), "private")
	write(t, filepath.Join(root, "pub/open/fine"), "fine")
	for link, target := range map[string]string{
		"pub/to-file": "../private/secret", "pub/to-folder": "../private", "pub/to-outside": outside,
		"pub/to-outside-file": outside + "/secret", "pub/up": "../..", "pub/fine": "open/fine", "pub/fine-folder": "open",
		"pub/loop": "loop", "pub/absolute": root + "/private/secret", "pub/broken": "none",
	} {
		if err := os.Symlink(target, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	g := h.Guest()
	for _, name := range []string{
		"to-file", "to-folder/secret", "to-outside-file", "to-outside/secret", "up/private/secret", "up/up/etc/passwd",
		"loop", "absolute", "broken", "../private/secret", "open/../../private/secret", "to-folder/../secret",
	} {
		name = "/files/pub/" + name
		if f, err := g.Open(name); err == nil {
			t.Errorf("open %s worked: %+v", name, f.Entry())
			f.Close()
		}
		if _, err := g.Copy(name, "/files/pub/stolen", vfs.Replace); err == nil {
			t.Errorf("copy %s worked", name)
		}
		if w, err := g.Create(name, vfs.CreateOptions{Base: vfs.Existing, Size: -1}); err == nil {
			buf := make([]byte, 10)
			if n, _ := w.ReadAt(buf, 0); n > 0 {
				t.Errorf("%s could be read through a writer: %q", name, buf[:n])
			}
			w.Abort()
		}
	}
	for _, name := range []string{"to-folder", "up", "to-outside"} {
		if l, err := g.List("/files/pub/" + name); err == nil {
			t.Errorf("list %s worked: %v", name, l)
		}
		if err := put(g, "/files/pub/"+name+"/new", "x", vfs.CreateOptions{}); err == nil {
			t.Errorf("wrote through %s", name)
		}
		if _, err := g.Mkdir("/files/pub/"+name+"/newdir", true); err == nil {
			t.Errorf("made a folder through %s", name)
		}
		if _, err := g.Remove("/files/pub/" + name + "/secret"); err == nil {
			t.Errorf("removed through %s", name)
		}
	}
	if got := h.Get(g, "/files/pub/fine"); got != "fine" {
		t.Error(got)
	}
	if got := h.Get(g, "/files/pub/fine-folder/fine"); got != "fine" {
		t.Error(got)
	}
	list, err := g.List("/files/pub")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		switch {
		case e.Name == "fine" || e.Name == "fine-folder":
			if !e.Linked {
				t.Errorf("%+v", e)
			}
		case e.Name == "open":
		case e.Kind != vfs.KindLink:
			t.Errorf("shown as more than a link: %+v", e)
		}
	}
	// Replacing, renaming and removing act on the link itself.
	if err := put(g, "/files/pub/to-file", "mine", vfs.CreateOptions{}); err != nil {
		t.Error(err)
	}
	if _, err := g.Remove("/files/pub/to-folder"); err != nil {
		t.Error(err)
	}
	if _, err := g.Rename("/files/pub/to-outside-file", "/files/pub/renamed", vfs.Refuse); err != nil {
		t.Error(err)
	}
	for path, want := range map[string]string{
		filepath.Join(root, "private/secret"): "private", filepath.Join(outside, "secret"): "outside",
		filepath.Join(root, "pub/to-file"): "mine",
	} {
		if b, err := os.ReadFile(path); err != nil || string(b) != want {
			t.Errorf("%s: %q %v", path, b, err)
		}
	}
	if got := h.Get(h.Session(vfstest.User("ann")), "/files/private/secret"); got != "private" {
		t.Error(got)
	}
}

// What should be a folder on the way and is not, is told as that.
func TestMissingFoldersBehindALink(t *testing.T) {
	h := vfstest.New(t)
	if err := os.Symlink(t.TempDir(), filepath.Join(h.Disk["/files"], "out")); err != nil {
		t.Fatal(err)
	}
	_, err := h.Owner().Create("/files/out/new", vfs.CreateOptions{Size: -1, Parents: true})
	if !errors.Is(err, vfs.ErrKind) {
		t.Errorf("got %v", err)
	}
}

// A folder with rules of its own cannot be moved out from under them.
func TestRulesStayWithTheirFolder(t *testing.T) {
	h := vfstest.New(t,
		vfstest.Grant("/files", vfstest.Everyone(), "rwmd"),
		vfstest.Grant("/files/private", vfstest.Account("ann"), "r"))
	if err := os.MkdirAll(filepath.Join(h.Disk["/files"], "private/sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Owner().Rename("/files/private", "/files/open", vfs.Refuse); !errors.Is(err, vfs.ErrBoundary) {
		t.Errorf("got %v", err)
	}
	if _, err := h.Owner().Rename("/files/private/sub", "/files/sub", vfs.Refuse); err != nil {
		t.Errorf("a folder without rules of its own: %v", err)
	}
}

func write(t testing.TB, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestAnnexedFiles: a share of a folder in a git-annex repository serves what its links lead to in the
// object store, and nothing else of it.
func TestAnnexedFiles(t *testing.T) {
	h := vfstest.New(t)
	root := h.Disk["/files"]
	store := filepath.Join(root, "repo/.git/annex/objects/aa/bb/KEY")
	for _, dir := range []string{store, filepath.Join(root, "repo/talks")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(store, "KEY"), "annexed")
	if err := os.Symlink("../.git/annex/objects/aa/bb/KEY/KEY", filepath.Join(root, "repo/talks/talk.mp4")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../.git", filepath.Join(root, "repo/talks/git")); err != nil {
		t.Fatal(err)
	}
	owner := vfstest.Owner()
	link := access.Identity{Kind: access.Link, ID: "k", Behind: &owner, Mask: access.Read | access.Write | access.Delete, Root: "/files/repo/talks"}
	s := h.Session(link)
	if got := h.Get(s, "/talk.mp4"); got != "annexed" {
		t.Error(got)
	}
	list, err := s.List("/")
	if err != nil || len(list) != 1 || list[0].Name != "talk.mp4" || list[0].Size != 7 {
		t.Errorf("%+v %v", list, err)
	}
	for _, name := range []string{"/git/config", "/git/annex/objects/aa/bb/KEY/KEY", "/../.git/annex/objects/aa/bb/KEY/KEY"} {
		if _, err := s.Stat(name); err == nil {
			t.Error(name)
		}
	}
	if err := put(s, "/git/annex/objects/aa/evil", "x", vfs.CreateOptions{Parents: true}); err == nil {
		t.Error("wrote into the object store")
	}
}

// TestDotNames: names that begin with a dot are not there for who lacks the right to see them, but for
// what desktops strew about.
func TestDotNames(t *testing.T) {
	h := vfstest.New(t, vfstest.Grant("/files", vfstest.Everyone(), "rwmd"), vfstest.Grant("/files", vfstest.Account("ann"), "."))
	o := h.Owner()
	h.Put(o, "/files/.profile", "p")
	h.Put(o, "/files/.git/hooks/x", "x")
	h.Put(o, "/files/dir/.hidden", "h")
	h.Put(o, "/files/dir/shown", "s")
	g := h.Guest()
	wantNames(t, g, "/files", "dir")
	wantNames(t, h.Session(vfstest.User("ann")), "/files", ".git", ".profile", "dir")
	for _, name := range []string{"/files/.profile", "/files/.git", "/files/.git/hooks/x", "/files/dir/.hidden", "/files/./.profile"} {
		if _, err := g.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			t.Error(name, err)
		}
		if err := put(g, name, "evil", vfs.CreateOptions{}); err == nil {
			t.Error("wrote", name)
		}
		if _, err := g.Rename(name, "/files/seen", vfs.Refuse); err == nil {
			t.Error("renamed", name)
		}
	}
	for _, name := range []string{"/files/.new", "/files/.git/hooks/post-commit", "/files/dir/.ssh"} {
		if err := put(g, name, "evil", vfs.CreateOptions{Parents: true}); err == nil {
			t.Error("wrote", name)
		}
	}
	if _, err := g.Rename("/files/dir/shown", "/files/dir/.bashrc", vfs.Refuse); err == nil {
		t.Error("renamed into hiding")
	}
	if _, err := g.Remove("/files/dir"); !errors.Is(err, vfs.ErrBoundary) {
		t.Error(err)
	}
	if _, err := g.Rename("/files/dir", "/files/dir2", vfs.Refuse); !errors.Is(err, vfs.ErrBoundary) {
		t.Error(err)
	}
	if _, err := g.Copy("/files/dir", "/files/copied", vfs.Refuse); err != nil {
		t.Error(err)
	}
	wantNames(t, o, "/files/copied", "shown")
	h.Put(g, "/files/dir/._shown", "litter")
	if got := h.Get(g, "/files/dir/._shown"); got != "litter" {
		t.Error(got)
	}
}
