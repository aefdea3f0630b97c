package vfs

import (
	"slices"
	"sync"
)

// nameLocks let one change at a time happen to a name. The key is the real folder and the folded
// name, so that spellings which some disk holds for one name wait for each other.
type nameLocks struct {
	mu   sync.Mutex
	held map[string]*nameLock
}

type nameLock struct {
	mu    sync.Mutex
	users int
}

// lock takes one or more names, in an order that cannot deadlock, and returns the unlocking.
func (l *nameLocks) lock(keys ...string) (unlock func()) {
	slices.Sort(keys)
	keys = slices.Compact(keys)
	for _, key := range keys {
		l.get(key).mu.Lock()
	}
	return func() {
		for _, key := range keys {
			l.put(key)
		}
	}
}

// try takes a name that nobody holds; unlock is nil when somebody does.
func (l *nameLocks) try(key string) (unlock func()) {
	if !l.get(key).mu.TryLock() {
		l.drop(key)
		return nil
	}
	return func() { l.put(key) }
}

func (l *nameLocks) get(key string) *nameLock {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held == nil {
		l.held = make(map[string]*nameLock)
	}
	n := l.held[key]
	if n == nil {
		n = new(nameLock)
		l.held[key] = n
	}
	n.users++
	return n
}

func (l *nameLocks) put(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.held[key].mu.Unlock()
	l.dropLocked(key)
}

func (l *nameLocks) drop(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dropLocked(key)
}

func (l *nameLocks) dropLocked(key string) {
	n := l.held[key]
	if n.users--; n.users == 0 {
		delete(l.held, key)
	}
}
