package localdisk

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

const notesName = "elsewhere"

// notes remembers where stages may lie apart from the volume's own top. They are written into the
// hidden place there, or where none can be made into Options.State, so that stages are found again.
type notes struct {
	mu   sync.Mutex
	file string
	seen noted
}

// noted are canonical folder names.
type noted struct {
	Places []string `json:"places,omitempty"` // tops of nested mounts, with a hidden place
	Beside []string `json:"beside,omitempty"` // folders with stages beside their targets
}

const notesMost = 1 << 20 // bytes

// note adds a folder, in memory and on disk.
func (d *Disk) note(a *anchor, add noted) error {
	n := &d.notes
	n.mu.Lock()
	defer n.mu.Unlock()
	if all := n.seen.and(add); len(all.Places) == len(n.seen.Places) && len(all.Beside) == len(n.seen.Beside) {
		return nil
	}
	n.seen = n.seen.and(add)
	home, homeErr := a.rootHome()
	if homeErr != nil {
		if _, err := a.placeFor(&folder{d: d, dir: a.root, real: ".", m: a.m}); err == nil {
			home, homeErr = a.rootHome()
		}
	}
	data, err := json.Marshal(n.read(a).and(n.seen))
	if err != nil {
		return err
	}
	if homeErr == nil {
		defer home.close()
		return replaceFile(home, notesName, data, true)
	}
	if n.file == "" {
		return nil // remembered until the end
	}
	return replaceHostFile(n.file, data)
}

// noted lists the folders. The volume's top is not among the places.
func (d *Disk) noted(a *anchor) noted {
	n := &d.notes
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.read(a).and(n.seen)
}

// read returns what was noted on disk; what cannot be read counts as nothing.
func (n *notes) read(a *anchor) (all noted) {
	if home, err := a.rootHome(); err == nil {
		defer home.close()
		if b, err := readFile(home, notesName, notesMost); err == nil {
			all = all.and(parseNotes(b))
		}
	}
	if n.file != "" {
		if b, err := os.ReadFile(n.file); err == nil {
			all = all.and(parseNotes(b))
		}
	}
	return all
}

func parseNotes(b []byte) (all noted) {
	if json.Unmarshal(b, &all) != nil {
		return noted{}
	}
	bad := func(s string) bool { return checkName(s) != nil }
	return noted{slices.DeleteFunc(all.Places, bad), slices.DeleteFunc(all.Beside, bad)}
}

func (n noted) and(o noted) noted {
	both := func(x, y []string) []string { return slices.Compact(slices.Sorted(slices.Values(slices.Concat(x, y)))) }
	return noted{both(n.Places, o.Places), both(n.Beside, o.Beside)}
}

// rootHome opens this instance's folder at the volume's top, if there is one.
func (a *anchor) rootHome() (dir, error) {
	h, err := a.root.find(hiddenName+"/"+a.d.opts.Instance, noLinks)
	if err != nil {
		return nil, err
	}
	defer h.close()
	return h.dir()
}

func replaceHostFile(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, ignoreNone(os.Remove(f.Name())))
	}
	return nil
}

func ignoreNone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
