package vfs

import (
	"crypto/rand"
	"path"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// besideName is the nth name beside one that is taken: "cat (2).jpg", "notes (3).tar.gz".
func besideName(base string, n int) string {
	return insert(base, " ("+strconv.Itoa(n)+")")
}

// besideRandom is a name beside one that is taken, for when very many are.
func besideRandom(base string) string {
	return insert(base, " ("+strings.ToLower(rand.Text()[:8])+")")
}

// insert puts text before the extension of a name, shortening what is before so that it can be stored.
func insert(base, text string) string {
	ext := path.Ext(base)
	stem := base[:len(base)-len(ext)]
	if strings.HasSuffix(stem, ".tar") {
		stem, ext = strings.TrimSuffix(stem, ".tar"), ".tar"+ext
	}
	if stem == "" || len(ext) > 32 {
		stem, ext = base, ""
	}
	if room := maxSegment - len(text) - len(ext); len(stem) > room {
		for room > 0 && !utf8.RuneStart(stem[room]) {
			room--
		}
		stem = stem[:room]
	}
	return stem + text + ext
}

// freeNames remembers where the search for a free name beside a taken one last ended, so that ten
// thousand files of one name do not search ten thousand times from the beginning.
type freeNames struct {
	mu   sync.Mutex
	last map[string]int
}

const mostFreeNames = 1024

// after returns the number to begin with: 2 at first.
func (f *freeNames) after(key string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return max(2, f.last[key]+1)
}

func (f *freeNames) took(key string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last == nil || len(f.last) >= mostFreeNames {
		f.last = make(map[string]int)
	}
	if n < mostBeside {
		f.last[key] = n
	}
}
