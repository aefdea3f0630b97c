package vfs

import (
	"errors"
	"iter"
	"slices"
	"strings"

	"portico/backend/access"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// List returns what a folder holds for this identity: sorted by name, folders and files mixed,
// letter case ignored, numbers by their value. Who may only add sees what it added itself a moment
// ago; who has rights only further below sees the way there.
func (s *Session) List(name string) ([]Entry, error) {
	list, err := s.list(name)
	if err != nil {
		return nil, problem(VerbList, name, err)
	}
	slices.SortFunc(list, func(a, b Entry) int { return natural(a.Name, b.Name) })
	return list, nil
}

func (s *Session) list(name string) ([]Entry, error) {
	p, err := s.resolve(name, driver.WantDir)
	defer p.close()
	if err != nil {
		return nil, err
	}
	if !p.virtual && !p.passage && !p.rights.Any(access.Read|access.Write) && p.name != "/" {
		return nil, s.refusal(&p)
	}
	if err := s.look(VerbList, &p); err != nil {
		return nil, err
	}
	l := s.lister(&p)
	if p.virtual {
		return l.finish(nil), nil
	}
	folder, err := p.obj.Folder()
	if err != nil {
		return nil, translate(err)
	}
	defer folder.Close()
	list, err := l.collect(folder.Entries(s.ctx), folder)
	if err != nil {
		return nil, err
	}
	return l.finish(list), nil
}

// lister shows the entries of one folder to one identity.
type lister struct {
	s      *Session
	dir    *place
	policy *access.Policy
	// uniform: every name in this folder has the folder's own rights (no grant begins at a name, no
	// link leads elsewhere than the rights do).
	uniform bool
	allSame bool // … and everywhere in the volume
	mounts  map[string]bool
	recent  map[string]store.Content // what this identity added a moment ago; nil: not needed
}

func (s *Session) lister(dir *place) *lister {
	l := &lister{s: s, dir: dir, policy: s.tree.policy.Load(), uniform: true}
	for _, at := range l.policy.Below(dir.path) {
		if access.Parent(at) == dir.path {
			l.uniform = false
		}
	}
	if dir.vol == nil {
		l.findMounts()
		return l
	}
	if dir.real != dir.path && dir.real != "" && len(l.policy.Below(dir.real)) > 0 {
		l.uniform = false
	}
	l.allSame = everywhere(&s.id) && len(l.policy.Below(dir.vol.Path)) == 0
	l.findMounts()
	if !dir.rights.Has(access.Read) && dir.rights.Has(access.Write) {
		l.recent = s.tree.recentIn(s, dir)
	}
	return l
}

// everywhere reports whether an identity is not kept to a part of the tree.
func everywhere(id *access.Identity) bool {
	for ; id != nil; id = id.Behind {
		if id.Root != "" && id.Root != "/" || id.Picks() {
			return false
		}
	}
	return true
}

// findMounts notes which names of the folder lead to volumes mounted below it.
func (l *lister) findMounts() {
	for _, at := range l.s.tree.mounts.Load().below(l.dir.path) {
		rest := under(l.dir.path, at)
		name, _, deeper := strings.Cut(rest, "/")
		if l.mounts == nil {
			l.mounts = make(map[string]bool)
		}
		l.mounts[name] = l.mounts[name] || !deeper
	}
}

func (l *lister) collect(entries iter.Seq2[driver.Info, error], folder driver.Folder) ([]Entry, error) {
	var list []Entry
	for info, err := range entries {
		if err != nil && info.Name == "" {
			return nil, translate(err)
		}
		if err != nil {
			info.Kind = KindOther // there, but not to be looked at
		}
		if _, mounted := l.mounts[info.Name]; mounted {
			continue // the volume mounted there is what the name means
		}
		if e, ok := l.see(info, folder); ok {
			list = append(list, e)
		}
	}
	return list, nil
}

// see decides whether and how one entry of the folder is shown.
func (l *lister) see(info driver.Info, folder driver.Folder) (Entry, bool) {
	if info.Name != "" && info.Name[0] == '.' && !l.dir.rights.Has(access.Dots) && !l.dotAllowed(info.Name) {
		return Entry{}, false
	}
	rights := l.dir.rights
	if !l.uniform || l.dir.passage {
		rights = l.rightsOf(info.Name)
	}
	if info.Linked && !l.allSame {
		rights &= l.realRights(info.Name, folder)
	}
	if !rights.Has(access.Read) && !l.reachable(info, rights) {
		return Entry{}, false
	}
	e := Entry{Name: info.Name, Path: access.Join(l.dir.name, info.Name), Rights: rights}
	e.fill(info)
	return e, true
}

func (l *lister) rightsOf(name string) access.Right {
	rights := l.policy.Rights(l.s.id, access.Join(l.dir.path, name))
	if l.dir.real != l.dir.path && l.dir.real != "" {
		rights &= l.policy.Rights(l.s.id, access.Join(l.dir.real, name))
	}
	return rights
}

// dotAllowed lets a name with a dot be seen where a grant at the very name says so.
func (l *lister) dotAllowed(name string) bool {
	return !l.uniform && l.rightsOf(name).Has(access.Dots)
}

// realRights judges an entry that is a link by where it leads.
func (l *lister) realRights(name string, folder driver.Folder) access.Right {
	obj, err := folder.Lookup(l.s.ctx, name, driver.WantInfo)
	if err != nil {
		return 0
	}
	defer obj.Close()
	rel, outside := obj.Real()
	if outside {
		return ^access.Right(0)
	}
	return l.s.rightsAtReal(l.policy, joinRel(l.dir.vol.Path, rel))
}

// reachable shows, to who may not read here, the way to what may be seen below, and one's own recent
// additions.
func (l *lister) reachable(info driver.Info, rights access.Right) bool {
	if c, ok := l.recent[info.Name]; ok && l.s.mine(c, info, l.s.tree.now()) {
		return true
	}
	if info.Kind != KindFolder {
		return false
	}
	return !l.uniform && rights.Any(leads) || l.s.seesBelow(l.policy, access.Join(l.dir.path, info.Name))
}

// finish adds what is not on the disk: volumes mounted here and the identity's own unfinished writes.
func (l *lister) finish(list []Entry) []Entry {
	if l.dir.virtual && l.s.id.Picks() && l.dir.name == "/" {
		return l.picked(list)
	}
	for name, exact := range l.mounts {
		if e, err := l.s.stat(access.Join(l.dir.name, name)); err == nil {
			e.Mount = exact
			list = append(list, e)
		} else if exact && errors.Is(err, ErrAbsent) {
			list = append(list, Entry{Name: name, Path: access.Join(l.dir.name, name), Kind: KindFolder, Mount: true, Absent: true})
		}
	}
	return l.s.addPending(l.dir, list)
}

// picked lists what alone exists for the identity in its root.
func (l *lister) picked(list []Entry) []Entry {
	names := l.s.id.Items
	if only := l.s.id.Only; only != "" {
		names = []string{only}
	}
	for _, name := range names {
		if e, err := l.s.stat("/" + strings.TrimSuffix(name, "/")); err == nil {
			list = append(list, e)
		}
	}
	return list
}

// recentIn is what a session's identity added to a folder a moment ago.
func (t *Tree) recentIn(s *Session, dir *place) map[string]store.Content {
	var out map[string]store.Content
	err := t.store.Read(s.ctx, func(tx *store.Tx) error {
		node, err := tx.Node(dir.vol.Name, under(dir.vol.Path, dir.real))
		if err != nil || node == 0 {
			return err
		}
		out, err = tx.ContentsIn(node, t.now().Add(-recentFor))
		return err
	})
	if err != nil {
		t.log.Warn("what was added recently could not be read", "volume", dir.vol.Name, "err", err)
	}
	return out
}
