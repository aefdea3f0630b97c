package objectsim

import (
	"crypto/sha256"
	"encoding/base64"
	"sort"
	"strings"
	"sync"
	"time"

	"portico/backend/vfs/driver"
)

// Bucket holds the objects. Drivers come and go; a bucket stays.
type Bucket struct {
	mu     sync.Mutex
	limit  int64 // bytes, 0 none
	used   int64
	away   bool
	all    map[string]*blob
	stages map[string]*pending
}

// blob is one object. It never changes: a put replaces it.
type blob struct {
	data []byte
	tag  string
	time time.Time
}

// pending is a multipart upload.
type pending struct {
	mu      sync.Mutex
	data    []byte
	time    time.Time
	journal []byte
	saved   bool

	open *Driver // who has it open; guarded by the bucket's mu
}

// NewBucket makes an empty bucket with room for that many bytes; 0: no limit.
func NewBucket(limit int64) *Bucket {
	return &Bucket{limit: limit, all: map[string]*blob{}, stages: map[string]*pending{}}
}

// SetReachable takes the bucket away, or brings it back.
func (b *Bucket) SetReachable(yes bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.away = !yes
}

func newBlob(data []byte, t time.Time) *blob {
	sum := sha256.Sum256(data)
	return &blob{data: data, tag: base64.RawURLEncoding.EncodeToString(sum[:18]), time: t}
}

func (b *Bucket) get(key string) *blob {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all[key]
}

func (b *Bucket) put(key string, o *blob) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var old int64
	if was := b.all[key]; was != nil {
		old = int64(len(was.data))
	}
	if err := b.take(int64(len(o.data)) - old); err != nil {
		return err
	}
	b.all[key] = o
	return nil
}

// take counts bytes; the bucket is locked.
func (b *Bucket) take(n int64) error {
	if b.limit > 0 && n > 0 && b.used+n > b.limit {
		return driver.ErrNoSpace
	}
	b.used += n
	return nil
}

func (b *Bucket) grow(n int64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.take(n)
}

func (b *Bucket) delete(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	o := b.all[key]
	if o == nil {
		return false
	}
	b.used -= int64(len(o.data))
	delete(b.all, key)
	return true
}

// page lists up to 1,000 names directly below a prefix, after a name: keys, and prefixes as "name/".
func (b *Bucket) page(prefix, after string) (names []string, more bool) {
	const most = 1000
	b.mu.Lock()
	defer b.mu.Unlock()
	seen := map[string]bool{}
	for key := range b.all {
		rest, ok := strings.CutPrefix(key, prefix)
		if !ok || rest == "" {
			continue
		}
		if i := strings.IndexByte(rest, '/'); i >= 0 {
			rest = rest[:i+1]
		}
		if rest > after && !seen[rest] {
			seen[rest] = true
			names = append(names, rest)
		}
	}
	sort.Strings(names)
	if len(names) > most {
		return names[:most], true
	}
	return names, false
}

// hasPrefix reports whether any key begins so.
func (b *Bucket) hasPrefix(prefix string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all[prefix] != nil {
		return true
	}
	for key := range b.all {
		if strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}
