//go:build linux

package view

import (
	"strings"
	"sync"
	"time"

	"portico/backend/vfs"
)

const (
	foldsLast = 2 * time.Second // how long a folder's names are remembered
	mostFolds = 200_000         // names that are remembered at once
)

// folds finds names that differ in letter case only, as clients of SMB expect. A folder is listed for that
// once in a while, not for every new name. It is safe for concurrent use.
type folds struct {
	mu      sync.Mutex
	folders map[string]*folded
	names   int
}

type folded struct {
	since time.Time
	names map[string]string // as they are, by how they are compared
}

// find returns the name in a folder that is the same but for letter case, "" where there is none.
func (f *folds) find(s *vfs.Session, folder, name string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	known := f.folders[folder]
	if known == nil || time.Since(known.since) > foldsLast {
		list, err := s.List(folder)
		if err != nil {
			return ""
		}
		known = &folded{time.Now(), make(map[string]string, len(list))}
		for _, e := range list {
			known.names[fold(e.Name)] = e.Name
		}
		if f.names += len(list) + 1; f.names > mostFolds || f.folders == nil {
			f.folders, f.names = make(map[string]*folded), len(list)+1
		}
		f.folders[folder] = known
	}
	return known.names[fold(name)]
}

// came tells of a name that is there now.
func (f *folds) came(folder, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if known := f.folders[folder]; known != nil {
		known.names[fold(name)] = name
	}
}

// went tells of a name that is not there any more.
func (f *folds) went(folder, name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if known := f.folders[folder]; known != nil && known.names[fold(name)] == name {
		delete(known.names, fold(name))
	}
}

func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }
