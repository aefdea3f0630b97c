package localdisk

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const excludeMost = 1 << 20 // bytes; a larger list is left alone

// exclude lists the hidden names in .git/info/exclude when the place lies in a git working tree, so
// that "git add ." and "git annex add ." leave unfinished uploads alone.
func (d *Disk) exclude(realRoot, top string) {
	dir := filepath.Join(realRoot, filepath.FromSlash(top))
	for range 64 {
		if info := gitInfo(dir); info != "" {
			if err := addLines(filepath.Join(info, "exclude"), hiddenName+"/", besideName+"*"); err != nil {
				d.log.Warn("cannot list the hidden place in .git/info/exclude", "folder", dir, "err", err)
			}
			return
		}
		up := filepath.Dir(dir)
		if up == dir {
			return
		}
		dir = up
	}
}

// gitInfo returns the info folder of the repository whose working tree begins at dir, "" for none.
func gitInfo(dir string) string {
	dot := filepath.Join(dir, ".git")
	fi, err := os.Lstat(dot)
	if err != nil {
		return ""
	}
	repo := dot
	if fi.Mode().IsRegular() {
		repo = namedRepo(dir, dot, fi.Size())
	}
	if repo, err = filepath.EvalSymlinks(repo); err != nil || repo == "" { // git-annex makes .git a link
		return ""
	}
	if repo = commonRepo(repo, dot); repo == "" {
		return ""
	}
	if fi, err = os.Stat(filepath.Join(repo, "HEAD")); err != nil || !fi.Mode().IsRegular() {
		return ""
	}
	info := filepath.Join(repo, "info")
	if os.Mkdir(info, 0o777); !isDir(info) {
		return ""
	}
	return info
}

// namedRepo reads a .git file (of a worktree or a submodule).
func namedRepo(dir, dot string, size int64) string {
	if size > 4096 {
		return ""
	}
	b, err := os.ReadFile(dot)
	if err != nil {
		return ""
	}
	to, ok := strings.CutPrefix(strings.TrimSpace(string(b)), "gitdir: ")
	if !ok {
		return ""
	}
	if !filepath.IsAbs(to) {
		to = filepath.Join(dir, to)
	}
	if isFile(filepath.Join(to, "gitdir")) { // a worktree; commonRepo has a closer look
		return to
	}
	// A submodule: its repository lies in that of a working tree above.
	for up := filepath.Dir(dir); up != filepath.Dir(up); up = filepath.Dir(up) {
		modules := filepath.Join(up, ".git", "modules")
		if _, ok := below(modules, filepath.Clean(to)); ok && isDir(modules) {
			return to
		}
	}
	return ""
}

// commonRepo goes from the part of a repository that belongs to one worktree to the common one. Whoever
// may upload could have made the files that lead there, so both must know of each other.
func commonRepo(repo, dot string) string {
	b, err := os.ReadFile(filepath.Join(repo, "commondir"))
	if err != nil {
		return repo // not a worktree
	}
	common := strings.TrimSpace(string(b))
	if !filepath.IsAbs(common) {
		common = filepath.Join(repo, common)
	}
	if common, err = filepath.EvalSymlinks(common); err != nil {
		return ""
	}
	if _, ok := below(filepath.Join(common, "worktrees"), repo); !ok {
		return ""
	}
	back, err := os.ReadFile(filepath.Join(repo, "gitdir"))
	if err != nil || !sameFile(strings.TrimSpace(string(back)), dot) {
		return ""
	}
	return common
}

func isFile(name string) bool {
	fi, err := os.Lstat(name)
	return err == nil && fi.Mode().IsRegular()
}

func isDir(name string) bool {
	fi, err := os.Lstat(name)
	return err == nil && fi.IsDir()
}

func sameFile(a, b string) bool {
	fa, errA := os.Stat(a)
	fb, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(fa, fb)
}

// addLines appends the lines that a plain file does not hold yet.
func addLines(name string, lines ...string) error {
	fi, err := os.Lstat(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err == nil && (!fi.Mode().IsRegular() || fi.Size() > excludeMost) {
		return errors.New("not a plain file of ordinary size")
	}
	old, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	var add bytes.Buffer
	if len(old) > 0 && !bytes.HasSuffix(old, []byte("\n")) {
		add.WriteByte('\n')
	}
	have := strings.Split(string(old), "\n")
	for _, l := range lines {
		if !contains(have, l) {
			add.WriteString(l + "\n")
		}
	}
	if add.Len() == 0 {
		return nil
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(add.Bytes())
	return errors.Join(err, f.Close())
}

func contains(lines []string, want string) bool {
	for _, l := range lines {
		if strings.TrimSpace(l) == want {
			return true
		}
	}
	return false
}
