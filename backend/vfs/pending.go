package vfs

import (
	"sync"
	"sync/atomic"

	"portico/backend/access"
)

// pendingTable knows every unfinished write by the place it is for: what its own identity sees under
// that name, and what nobody may move away below it.
type pendingTable struct {
	count atomic.Int64
	mu    sync.Mutex
	at    map[string][]*upload // by real tree path
}

func (t *pendingTable) add(u *upload) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at == nil {
		t.at = make(map[string][]*upload)
	}
	t.at[u.real] = append(t.at[u.real], u)
	t.count.Add(1)
}

func (t *pendingTable) remove(u *upload) {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.at[u.real]
	for i, o := range list {
		if o == u {
			t.count.Add(-1)
			if list = append(list[:i:i], list[i+1:]...); len(list) == 0 {
				delete(t.at, u.real)
			} else {
				t.at[u.real] = list
			}
			return
		}
	}
}

// of returns the newest write of this session's identity for a place, nil where there is none.
func (t *pendingTable) of(s *Session, path string) *upload {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.at[path]
	for i := len(list) - 1; i >= 0; i-- {
		if s.same(list[i].by) {
			return list[i]
		}
	}
	return nil
}

// below returns the writes for places at or under path.
func (t *pendingTable) below(path string) []*upload {
	if t.count.Load() == 0 {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []*upload
	for at, list := range t.at {
		if access.Within(path, at) {
			out = append(out, list...)
		}
	}
	return out
}

func (t *pendingTable) find(id string) *upload {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, list := range t.at {
		for _, u := range list {
			if u.id == id {
				return u
			}
		}
	}
	return nil
}

func (t *pendingTable) dropVolume(v *volume) {
	for _, u := range t.below(v.Path) {
		if u.vol == v {
			t.remove(u)
		}
	}
}

// ownPending returns the session's own unfinished write of a name, and the cleaned name.
func (s *Session) ownPending(name string) (*upload, string) {
	if s.origin.Committed || s.tree.pending.count.Load() == 0 {
		return nil, ""
	}
	p, err := s.locate(name)
	if err != nil {
		return nil, ""
	}
	return s.tree.pending.of(s, p.path), p.name
}

// addPending shows a session its own unfinished writes in a folder: over what they will replace.
func (s *Session) addPending(dir *place, list []Entry) []Entry {
	if s.tree.pending.count.Load() == 0 {
		return list
	}
	at := make(map[string]int, len(list))
	for i := range list {
		at[list[i].Name] = i
	}
	for _, u := range s.tree.pending.below(dir.path) {
		parent, base := split(u.real)
		if parent != dir.path || !s.same(u.by) {
			continue
		}
		e := u.entry(s, access.Join(dir.name, base))
		if i, ok := at[base]; ok {
			if !s.origin.Committed {
				list[i] = e
			}
			continue
		}
		at[base] = len(list)
		list = append(list, e)
	}
	return list
}
