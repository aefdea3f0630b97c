package server

import (
	"os"
	"path/filepath"
)

// linkRoots are the folders outside of root whose files may be read through links: the object store
// of the git-annex repository that root lies in, if any. (A repository that root contains needs
// none: its store lies inside.)
func linkRoots(root string) []string {
	for at := root; ; at = filepath.Dir(at) {
		objects := filepath.Join(at, ".git", "annex", "objects")
		if about, err := os.Stat(objects); err == nil && about.IsDir() {
			if at == root {
				return nil
			}
			return []string{objects}
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}
