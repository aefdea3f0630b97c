package media

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// cache keeps thumbnails as files, two letters of the name as folder, and drops the oldest ones
// when it has grown past max. Names are hashes made here, never a client's.
type cache struct {
	dir string
	max int64

	mu   sync.Mutex
	used int64 // -1 until first counted
}

func newCache(dir string, max int64) *cache { return &cache{dir: dir, max: max, used: -1} }

func (c *cache) path(name string) string { return filepath.Join(c.dir, name[:2], name+".jpg") }

func (c *cache) get(name string) ([]byte, bool) {
	data, err := os.ReadFile(c.path(name))
	return data, err == nil && len(data) > 0
}

func (c *cache) put(name string, data []byte) error {
	path := c.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), "new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	c.grown(int64(len(data)))
	return nil
}

// grown counts what was added and trims when it is too much.
func (c *cache) grown(n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.used >= 0 {
		c.used += n
		if c.used <= c.max {
			return
		}
	}
	c.trim()
}

// trim counts what lies there and removes the oldest down to nine tenths.
func (c *cache) trim() {
	type kept struct {
		path string
		size int64
		at   time.Time
	}
	var all []kept
	var sum int64
	filepath.WalkDir(c.dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if info, err := d.Info(); err == nil {
			all = append(all, kept{path, info.Size(), info.ModTime()})
			sum += info.Size()
		}
		return nil
	})
	if sum > c.max {
		slices.SortFunc(all, func(a, b kept) int { return cmp.Compare(a.at.UnixNano(), b.at.UnixNano()) })
		for _, k := range all {
			if sum <= c.max*9/10 {
				break
			}
			if os.Remove(k.path) == nil {
				sum -= k.size
			}
		}
	}
	c.used = sum
}
