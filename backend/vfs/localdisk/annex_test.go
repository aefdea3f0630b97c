package localdisk_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
)

const annexed = "content kept by git-annex\n"

// annex makes a real git-annex repository: locked.txt is a link into its object store, unlocked.txt a
// plain file, thin.txt a plain file that shares its content with the store.
func annex(t *testing.T) (repo string) {
	t.Helper()
	if out, err := exec.Command("git", "annex", "version").CombinedOutput(); err != nil {
		t.Skipf("git-annex is not installed: %v %s", err, out)
	}
	repo = filepath.Join(t.TempDir(), "repo")
	git(t, filepath.Dir(repo), "init", "-q", "repo")
	git(t, repo, "annex", "init", "-q", "test")
	t.Cleanup(func() { // the store is write-protected
		filepath.WalkDir(repo, func(p string, e fs.DirEntry, err error) error {
			if err == nil && e.IsDir() {
				os.Chmod(p, 0o755)
			}
			return nil
		})
	})
	mkdir(t, filepath.Join(repo, "sub"))
	for _, f := range []string{"sub/locked.txt", "sub/unlocked.txt", "sub/thin.txt"} {
		write(t, filepath.Join(repo, f), annexed+f)
	}
	git(t, repo, "annex", "add", "-q", ".")
	git(t, repo, "annex", "unlock", "-q", "sub/unlocked.txt")
	git(t, repo, "config", "annex.thin", "true")
	git(t, repo, "annex", "unlock", "-q", "sub/thin.txt")
	git(t, repo, "commit", "-q", "-m", "files")
	if fi, err := os.Stat(filepath.Join(repo, "sub/thin.txt")); err != nil || names(fi) < 2 {
		t.Fatalf("thin.txt has its content for itself, %v: this test tests nothing", err)
	}
	if to, err := os.Readlink(filepath.Join(repo, "sub/locked.txt")); err != nil || !strings.Contains(to, ".git/annex/objects") {
		t.Fatalf("locked.txt leads to %q, %v: this test tests nothing", to, err)
	}
	return repo
}

func object(t *testing.T, link string) string {
	t.Helper()
	p, err := filepath.EvalSymlinks(link)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAnnex(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		repo := annex(t)
		symlink(t, object(t, filepath.Join(repo, "sub/locked.txt")), filepath.Join(repo, "absolute.txt"))
		k := open(t, localdisk.Options{Root: repo, Portable: portable})
		for asked, content := range map[string]string{
			"sub/locked.txt": "sub/locked.txt", "sub/unlocked.txt": "sub/unlocked.txt", "sub/thin.txt": "sub/thin.txt", "absolute.txt": "sub/locked.txt",
		} {
			if got := k.get(asked); got != annexed+content {
				t.Errorf("%s holds %q", asked, got)
			}
		}
		o, err := k.d.Lookup(t.Context(), "sub/locked.txt", driver.WantInfo)
		k.must(err)
		defer o.Close()
		real, outside := o.Real()
		if !strings.HasPrefix(real, ".git/annex/objects/") || outside || !o.Info().Linked || o.Info().Name != "locked.txt" {
			t.Errorf("the locked file is %q, outside %v, %+v", real, outside, o.Info())
		}
		k.replaceAnnexed(repo, "sub")
	})
}

// replaceAnnexed insists that writing replaces links and shared names and never touches the store.
func (k *kit) replaceAnnexed(repo, folder string) {
	k.t.Helper()
	store := object(k.t, filepath.Join(repo, folder, "locked.txt"))
	in := k.folder(folder)
	shared := []string{"locked.txt"}
	if fi, err := os.Stat(filepath.Join(repo, folder, "thin.txt")); err == nil && names(fi) > 1 {
		shared = append(shared, "thin.txt")
	}
	for _, name := range shared {
		_, err := in.OpenAppend(k.t.Context(), name)
		k.is(err, driver.ErrKind)
	}
	for _, name := range []string{"locked.txt", "unlocked.txt", "thin.txt"} {
		k.put(in, name, "replaced")
		if got := k.get(folder + "/" + name); got != "replaced" {
			k.t.Errorf("%s holds %q", name, got)
		}
	}
	b, err := os.ReadFile(store)
	k.must(err)
	if string(b) != annexed+folder+"/locked.txt" {
		k.t.Errorf("the object became %q", b)
	}
	out := git(k.t, repo, "annex", "fsck", "--fast", "--all")
	if strings.Contains(out, "failed") || strings.Contains(out, "Bad file") {
		k.t.Errorf("git-annex complains:\n%s", out)
	}
	if out := git(k.t, repo, "status", "--porcelain"); strings.Contains(out, ".portico") {
		k.t.Errorf("git sees the hidden place:\n%s", out)
	}
}

// TestAnnexWorktree: the objects lie outside the volume and are reached through a link root only.
func TestAnnexWorktree(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		repo := annex(t)
		tree := filepath.Join(filepath.Dir(repo), "tree")
		git(t, repo, "worktree", "add", "-q", tree)
		git(t, tree, "annex", "fix")
		git(t, tree, "annex", "get", "-q", ".")
		objects := filepath.Join(repo, ".git", "annex", "objects")
		store := object(t, filepath.Join(tree, "sub/locked.txt"))
		if !strings.HasPrefix(store, objects) {
			t.Fatalf("the object lies at %q: this test tests nothing", store)
		}
		symlink(t, store, filepath.Join(tree, "absolute.txt"))
		symlink(t, objects, filepath.Join(tree, "objects"))
		symlink(t, filepath.Join(repo, ".git", "config"), filepath.Join(tree, "config"))

		closed := open(t, localdisk.Options{Root: tree, Portable: portable})
		_, err := closed.d.Lookup(t.Context(), "sub/locked.txt", driver.WantRead)
		closed.is(err, driver.ErrOutside)

		k := open(t, localdisk.Options{Root: tree, Portable: portable, LinkRoots: []string{"/nowhere", objects}})
		for _, asked := range []string{"sub/locked.txt", "absolute.txt"} {
			if got := k.get(asked); got != annexed+"sub/locked.txt" {
				t.Errorf("%s holds %q", asked, got)
			}
		}
		o, err := k.d.Lookup(t.Context(), "sub/locked.txt", driver.WantRead)
		k.must(err)
		defer o.Close()
		if real, outside := o.Real(); real != "" || !outside || o.Info().Name != "locked.txt" || o.Info().Kind != driver.KindFile {
			t.Errorf("the locked file is %q, outside %v, %+v", real, outside, o.Info())
		}

		// The store itself is no place to go, and what lies beside it is out of reach.
		rel, err := filepath.Rel(objects, store)
		k.must(err)
		for _, n := range []string{"objects", "config", ".git"} {
			for _, want := range []driver.Want{driver.WantDir, driver.WantRead} {
				if _, err := k.d.Lookup(t.Context(), n, want); err == nil {
					t.Errorf("%s was opened", n)
				}
			}
			o, err := k.d.Lookup(t.Context(), n, driver.WantInfo)
			k.must(err)
			if o.Info().Kind != driver.KindLink {
				t.Errorf("%s is %+v", n, o.Info())
			}
			k.must(o.Close())
		}
		if _, err := k.d.Lookup(t.Context(), "objects/"+filepath.Dir(rel), driver.WantDir); err == nil {
			t.Error("a folder of the store was opened")
		}
		for i, err := range k.folder(".").Entries(t.Context()) {
			k.must(err)
			if i.Name == "objects" && i.Kind != driver.KindLink || i.Name == "absolute.txt" && i.Kind != driver.KindFile {
				t.Errorf("listed as %+v", i)
			}
		}
		k.replaceAnnexed(tree, "sub")
	})
}
