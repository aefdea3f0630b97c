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

// TestStagingBesideTheTarget: where the top of the volume cannot hold the place, a hidden file beside
// the target serves.
func TestStagingBesideTheTarget(t *testing.T) {
	for name, spoil := range map[string]func(t *testing.T, root string){
		"a file in the way": func(t *testing.T, root string) { write(t, filepath.Join(root, ".portico"), "mine") },
		"a link in the way": func(t *testing.T, root string) { symlink(t, t.TempDir(), filepath.Join(root, ".portico")) },
		"a link to inside":  func(t *testing.T, root string) { symlink(t, "sub", filepath.Join(root, ".portico")) },
		"the instance's place is a": func(t *testing.T, root string) {
			mkdir(t, filepath.Join(root, ".portico"))
			write(t, filepath.Join(root, ".portico", "test"), "file")
		},
	} {
		t.Run(name, func(t *testing.T) {
			both(t, func(t *testing.T, portable bool) {
				root := t.TempDir()
				mkdir(t, filepath.Join(root, "sub"))
				spoil(t, root)
				k := open(t, localdisk.Options{Root: root, Portable: portable, State: filepath.Join(t.TempDir(), "state")})
				testBeside(t, k)
			})
		})
	}
}

func symlink(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Skip("symbolic links cannot be made here: ", err)
	}
}

func testBeside(t *testing.T, k *kit) {
	ctx, in := t.Context(), k.folder("sub")
	s := k.stage(in, "pending")
	name := ".portico-stage-test." + s.ID()
	if !exists(k.host("sub/" + name)) {
		t.Fatal("the stage does not lie beside its target")
	}
	k.must(s.SaveJournal([]byte("j"), true))
	k.lists(in)
	for n, err := range in.Names(ctx) {
		t.Errorf("%q is shown: %v", n.Name, err)
	}
	for _, hidden := range []string{name, name + ".safe", strings.ToUpper(name)} {
		for _, want := range []driver.Want{driver.WantInfo, driver.WantRead, driver.WantNoFollow} {
			if _, err := k.d.Lookup(ctx, "sub/"+hidden, want); err == nil {
				t.Errorf("%q was found", hidden)
			}
		}
		k.is(in.Mkdir(ctx, hidden), driver.ErrName)
		if err := in.Remove(ctx, hidden); err == nil {
			t.Errorf("%q was removed", hidden)
		}
	}
	if got := k.stages(); len(got) > 0 {
		t.Errorf("the open stage is listed: %v", got)
	}
	k.must(s.Close())
	k.reopen()
	if got := k.stages(); len(got) != 1 || got[0] != s.ID() {
		t.Fatalf("stages after a restart %v", got)
	}
	s, err := k.d.OpenStage(ctx, s.ID())
	k.must(err)
	j, err := s.Journal()
	k.must(err)
	if string(j) != "j" {
		t.Errorf("journal %q", j)
	}
	in = k.folder("sub")
	_, err = s.Publish(ctx, in, "f", driver.PublishOptions{NoReplace: true})
	k.must(err)
	k.lists(in, "f")
	if l, err := os.ReadDir(k.host("sub")); err != nil || len(l) != 1 {
		t.Errorf("left beside: %v, %v", l, err)
	}
	_, err = in.Attic(ctx, "trash")
	k.is(err, driver.ErrReadOnly)

	// A folder that looks empty can be removed, unless somebody is writing into it.
	k.must(in.Remove(ctx, "f"))
	s = k.stage(in, "x")
	k.is(k.folder(".").Remove(ctx, "sub"), driver.ErrNotEmpty)
	k.must(s.Close())
	k.must(k.folder(".").Remove(ctx, "sub"))
}

func TestPlaceOfAnotherInstanceBelow(t *testing.T) {
	root := t.TempDir()
	below := open(t, localdisk.Options{Root: mkdir(t, filepath.Join(root, "sub")), Instance: "other"})
	k := open(t, localdisk.Options{Root: root})
	s := below.stage(below.folder("."), "theirs")
	defer s.Discard()
	k.lists(k.folder("sub"))
	for _, n := range []string{"sub/.portico", "sub/.portico/other", "sub/.portico/other/stage/" + s.ID()} {
		if _, err := k.d.Lookup(t.Context(), n, driver.WantInfo); err == nil {
			t.Errorf("%q was found", n)
		}
	}
	if got := k.stages(); len(got) > 0 {
		t.Errorf("stages of another instance are listed: %v", got)
	}
}

func TestSomebodysOwnFolderOfThatName(t *testing.T) {
	k := open(t, localdisk.Options{Root: t.TempDir()})
	mkdir(t, k.host("sub/.portico/mine"))
	k.lists(k.folder("sub"), ".portico")
	k.lists(k.folder("sub/.portico"), "mine")
}

func TestTwoDisksOnOneFolder(t *testing.T) {
	a := open(t, localdisk.Options{Root: t.TempDir()})
	b := open(t, localdisk.Options{Root: a.opts.Root})
	s := a.stage(a.folder("."), "pending")
	if got := b.stages(); len(got) > 0 {
		t.Errorf("a stage that is being written is listed elsewhere: %v", got)
	}
	_, err := b.d.OpenStage(t.Context(), s.ID())
	b.is(err, driver.ErrBusy)
	a.must(s.Close())
	if got := b.stages(); len(got) != 1 {
		t.Errorf("stages %v", got)
	}
	if a.d.VolumeID() == "" {
		t.Error("no id")
	}
}

func TestPlaceIsExcludedFromGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	base := t.TempDir()
	repo := filepath.Join(base, "repo")
	git(t, base, "init", "-q", "repo")
	write(t, filepath.Join(repo, "f"), "x")
	git(t, repo, "add", ".")
	git(t, repo, "commit", "-q", "-m", "x")
	git(t, repo, "worktree", "add", "-q", filepath.Join(base, "tree"))
	git(t, repo, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "./", "module")
	mkdir(t, filepath.Join(repo, "sub", "deep"))
	for _, root := range []string{"repo", "repo/sub/deep", "tree", "repo/module"} {
		k := open(t, localdisk.Options{Root: filepath.Join(base, root)})
		s := k.stage(k.folder("."), "pending")
		if out := git(t, k.opts.Root, "status", "--porcelain", "--untracked-files=all"); strings.Contains(out, ".portico") {
			t.Errorf("git sees the place in %s:\n%s", root, out)
		}
		k.must(s.Discard())
	}
	b, err := os.ReadFile(filepath.Join(repo, ".git", "info", "exclude"))
	if err != nil || strings.Count(string(b), "\n.portico/\n") != 1 {
		t.Errorf("the place is listed not once: %q, %v", b, err)
	}
}

// TestForgedGitFile: whoever may upload a .git file must not make us write elsewhere.
func TestForgedGitFile(t *testing.T) {
	victim := t.TempDir()
	mkdir(t, filepath.Join(victim, "info"))
	write(t, filepath.Join(victim, "HEAD"), "ref: refs/heads/main\n")
	write(t, filepath.Join(victim, "gitdir"), "/elsewhere/.git\n")
	write(t, filepath.Join(victim, "commondir"), ".\n")
	k := open(t, localdisk.Options{Root: t.TempDir()})
	write(t, k.host(".git"), "gitdir: "+victim+"\n")
	k.put(k.folder("."), "f", "x")
	if exists(filepath.Join(victim, "info", "exclude")) {
		t.Error("a foreign repository was written to")
	}
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	c := exec.Command("git", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_AUTHOR_NAME=t", "GIT_AUTHOR_EMAIL=t@example.org", "GIT_COMMITTER_NAME=t", "GIT_COMMITTER_EMAIL=t@example.org",
		"GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull, "HOME="+t.TempDir())
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// TestRemovedPlaceIsMadeAgain: people tidy up.
func TestRemovedPlaceIsMadeAgain(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		k := open(t, localdisk.Options{Root: t.TempDir(), Portable: portable})
		in := k.folder(".")
		k.put(in, "f", "x")
		id := k.d.VolumeID()
		for _, idle := range []bool{false, true} {
			k.must(os.RemoveAll(k.host(".portico")))
			if idle && !portable {
				k.d.CloseIdle()
			}
			k.put(in, "f", "y")
			trash, err := in.Attic(t.Context(), "trash")
			k.must(err)
			k.must(trash.Close())
			k.must(k.d.Check(t.Context()))
			k.lists(in, "f")
			if l, err := os.ReadDir(k.opts.Root); err != nil || len(l) != 2 {
				t.Errorf("the folder holds %v, %v", l, err)
			}
		}
		if k.d.VolumeID() != id {
			t.Error("the volume got another id")
		}
		k.opts.VolumeID = id
		k.reopen()
		k.must(k.d.Check(t.Context()))
	})
}

// TestFoldersThatLookAlikeAreShown: only our own places are hidden.
func TestFoldersThatLookAlikeAreShown(t *testing.T) {
	k := open(t, localdisk.Options{Root: t.TempDir()})
	in := k.folder(".")
	k.put(in, "f", "x")
	for _, n := range []string{"PORTIC~1", ".portico2", "backup~", ".Portico-old"} {
		mkdir(t, k.host(n))
		write(t, k.host(n+"/READ-ME.txt"), "mine")
		if got := k.get(n + "/READ-ME.txt"); got != "mine" {
			t.Errorf("%s holds %q", n, got)
		}
	}
	if got := k.list(in); len(got) != 5 {
		t.Errorf("shown: %q", got)
	}
}

func TestUnreadableThings(t *testing.T) {
	if os.Geteuid() <= 0 {
		t.Skip("nothing is unreadable here")
	}
	k := open(t, localdisk.Options{Root: t.TempDir()})
	mkdir(t, k.host("closed/sub"))
	write(t, k.host("secret"), "x")
	k.must(os.Chmod(k.host("secret"), 0))
	o, err := k.d.Lookup(t.Context(), "secret", driver.WantRead)
	k.must(err)
	defer o.Close()
	_, err = o.Open()
	k.is(err, fs.ErrPermission)
	k.must(os.Chmod(k.host("closed"), 0o444)) // may be listed, and nothing in it looked at
	t.Cleanup(func() { os.Chmod(k.host("closed"), 0o755) })
	n := 0
	for i, err := range k.folder("closed").Entries(t.Context()) {
		n++
		k.is(err, fs.ErrPermission)
		if i.Name != "sub" {
			t.Errorf("named %q", i.Name)
		}
	}
	if n != 1 {
		t.Errorf("%d entries", n)
	}
	k.must(os.Chmod(k.host("closed"), 0))
	k.list(k.folder("."))
	_, err = k.d.Lookup(t.Context(), "closed/sub", driver.WantInfo)
	k.is(err, fs.ErrPermission)
	k.must(os.Chmod(k.host("closed"), 0o555))
	k.is(k.folder("closed").Mkdir(t.Context(), "d"), fs.ErrPermission)
	s, err := k.folder("closed").Stage(t.Context(), driver.StageOptions{ID: "x", Size: -1})
	k.must(err)
	_, err = s.Publish(t.Context(), k.folder("closed"), "f", driver.PublishOptions{})
	k.is(err, fs.ErrPermission)
	k.must(s.Discard())
}
