package vfs

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"portico/backend/access"
	"portico/backend/store"
)

// pendingTable knows every unfinished write by the place it is for: what its own identity sees under
// that name, and what nobody may move away below it while it is being written.
type pendingTable struct {
	count atomic.Int64
	mu    sync.Mutex
	at    map[string][]*upload            // by real tree path
	in    map[string]map[*upload]struct{} // by the folder of that
	ids   map[string]*upload
	many  map[many]int // of those that may wait, how many each party has
}

// many is one party for counting: somebody, and somebody at one address.
type many struct {
	kind       uint8
	id, remote string
}

// How many writes of one party may be unfinished: guests and link holders at one address, all who hold
// one link or none, and everybody else.
const (
	mostOfVisitor = 100
	mostOfParty   = 1000
)

// tooMany reports whether a party has as many unfinished writes as it may have.
func (t *pendingTable) tooMany(p store.Party) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.many[many{kind: p.Kind, id: p.ID}] >= mostOfParty {
		return true
	}
	return Many(access.Kind(p.Kind)) && t.many[many{p.Kind, p.ID, p.Remote}] >= mostOfVisitor
}

func tooManyPending() error {
	return &Error{Err: ErrTooMany, Text: "Too many of your uploads wait to be finished. Finish or cancel some of them first."}
}

func (t *pendingTable) add(u *upload) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.at == nil {
		t.at, t.in = make(map[string][]*upload), make(map[string]map[*upload]struct{})
		t.ids, t.many = make(map[string]*upload), make(map[many]int)
	}
	t.at[u.real] = append(t.at[u.real], u)
	dir := access.Parent(u.real)
	if t.in[dir] == nil {
		t.in[dir] = make(map[*upload]struct{})
	}
	t.in[dir][u] = struct{}{}
	t.ids[u.id] = u
	t.counts(u, 1)
	t.count.Add(1)
}

// counts counts an upload that may wait for its party.
func (t *pendingTable) counts(u *upload, n int) {
	if !u.waits {
		return
	}
	for _, m := range [...]many{{kind: u.by.Kind, id: u.by.ID}, {u.by.Kind, u.by.ID, u.by.Remote}} {
		if t.many[m] += n; t.many[m] == 0 {
			delete(t.many, m)
		}
	}
}

func (t *pendingTable) remove(u *upload) {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := t.at[u.real]
	for i, o := range list {
		if o != u {
			continue
		}
		if list = append(list[:i:i], list[i+1:]...); len(list) == 0 {
			delete(t.at, u.real)
		} else {
			t.at[u.real] = list
		}
		dir := access.Parent(u.real)
		if delete(t.in[dir], u); len(t.in[dir]) == 0 {
			delete(t.in, dir)
		}
		if t.ids[u.id] == u {
			delete(t.ids, u.id)
		}
		t.counts(u, -1)
		t.count.Add(-1)
		return
	}
}

// rename gives an upload another id.
func (t *pendingTable) rename(u *upload, id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ids[u.id] == u {
		delete(t.ids, u.id)
		t.ids[id] = u
	}
	u.id = id
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

// inFolder returns the writes for places right in a folder.
func (t *pendingTable) inFolder(path string) []*upload {
	if t.count.Load() == 0 {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Collect(maps.Keys(t.in[path]))
}

func (t *pendingTable) find(id string) *upload {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ids[id]
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
	for _, u := range s.tree.pending.inFolder(dir.path) {
		_, base := split(u.real)
		if !s.same(u.by) {
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
