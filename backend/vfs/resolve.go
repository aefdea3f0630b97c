package vfs

import (
	"io/fs"
	"strings"

	"portico/backend/access"
	"portico/backend/vfs/driver"
)

// place is where a name leads: a handle on the real object, judged under both its names.
type place struct {
	name    string // cleaned, in the session's tree
	path    string // the same in the whole tree: what was asked
	vol     *volume
	rel     string        // in the volume
	obj     driver.Object // nil: a virtual folder, or nothing is there
	info    driver.Info
	real    string // tree path where the object really is; path itself when it is not there yet
	outside bool   // in a link root outside the tree: a target only, never written
	rights  access.Right
	gen     uint64 // grants generation, from before the rights were judged
	virtual bool   // a folder that only exists because volumes are mounted below it
	passage bool   // the identity sees nothing here but the way to what it may see below
}

func (p *place) exists() bool { return p.virtual || p.obj != nil }

func (p *place) close() {
	if p.obj != nil {
		p.obj.Close()
	}
}

// locate maps a name of the session's tree to a path of the whole tree. It touches no disk.
func (s *Session) locate(name string) (place, error) {
	if err := s.err(); err != nil {
		return place{}, err
	}
	if s.tree.escape != nil && escapes(name) {
		s.tree.escape(s.id, s.origin)
	}
	name, err := clean(name)
	if err != nil {
		return place{}, err
	}
	p := place{name: name, path: name, gen: s.tree.grants.Load()}
	if s.id.Root != "" {
		p.path = joinRel(s.id.Root, under("/", name))
	}
	if s.id.Picks() {
		if name == "/" {
			p.virtual = true // holds the shared names and nothing else
			p.rights = access.Read
			p.real = p.path
			return p, nil
		}
		first, _, deeper := strings.Cut(name[1:], "/")
		if holds, file := s.id.Holds(first); !holds || file && deeper && s.id.Only == "" {
			return p, fs.ErrNotExist
		}
	}
	p.real = p.path
	p.vol, p.rel = s.tree.mounts.Load().find(p.path)
	return p, nil
}

// resolve is the only way from a name to an object: handle first, then judge where it really is.
// It returns fs.ErrNotExist together with a judged place when nothing is there, and any other error
// with the handle closed. The caller closes the place.
func (s *Session) resolve(name string, want driver.Want) (place, error) {
	p, err := s.locate(name)
	if err != nil || p.virtual {
		return p, err
	}
	policy := s.tree.policy.Load()
	if p.vol == nil {
		return s.resolveVirtual(p, policy)
	}
	p.rights = policy.Rights(s.id, p.path)
	if hidden := s.hides(&p); hidden != nil {
		return p, hidden
	}
	if p.rights == 0 {
		if p.passage = s.seesBelow(policy, p.path); !p.passage {
			return p, s.refusal(&p)
		}
	}
	if err := s.tree.ready(s.ctx, p.vol); err != nil {
		return p, err
	}
	p.obj, err = p.vol.Driver.Lookup(s.ctx, p.rel, want)
	if err != nil {
		p.obj = nil
		if err = translate(err); err == ErrKind && !p.passage && !p.rights.Any(access.Read|access.Get) {
			err = fs.ErrNotExist // what a write-only folder holds is not to be found out name by name
		}
		return p, err
	}
	if err := s.judgeReal(&p, policy); err != nil {
		p.close()
		p.obj = nil
		return p, err
	}
	return p, nil
}

// resolveVirtual judges a folder above the volumes.
func (s *Session) resolveVirtual(p place, policy *access.Policy) (place, error) {
	if p.path != "/" && len(s.tree.mounts.Load().below(p.path)) == 0 {
		return p, fs.ErrNotExist
	}
	p.rights = policy.Rights(s.id, p.path) & (access.Read | access.Dots | access.Admin)
	if !p.rights.Has(access.Read) {
		// The session's own root may always be looked at; what it shows is judged name by name.
		if p.name != "/" && !s.seesBelow(policy, p.path) {
			return p, s.refusal(&p)
		}
	}
	p.virtual, p.passage = true, true
	return p, nil
}

// judgeReal takes the object's true place into account: rights hold only where they hold under both
// names. An object store that is reached by links (git-annex) is judged by the link alone.
func (s *Session) judgeReal(p *place, policy *access.Policy) error {
	p.info = p.obj.Info()
	rel, outside := p.obj.Real()
	if p.outside = outside; outside {
		p.real = ""
		return nil
	}
	if rel == p.rel {
		return nil
	}
	p.real = joinRel(p.vol.Path, rel)
	before := p.rights
	there := policy.Rights(s.id, p.real)
	if there == 0 && annexed(p.real) && s.linksOnly(p, policy) {
		there = s.rightsAtReal(policy, p.real)
	}
	p.rights &= there
	if p.rights == 0 && (before != 0 || !s.seesBelow(policy, p.real)) {
		return s.refusal(p)
	}
	return nil
}

// linksOnly reports whether an object in a git-annex store was reached by a link that lies where the
// identity may look, and not by its name in the store.
func (s *Session) linksOnly(p *place, policy *access.Policy) bool {
	rel, _ := splitRel(p.rel)
	obj, err := p.vol.Driver.Lookup(s.ctx, rel, driver.WantInfo)
	if err != nil {
		return false
	}
	defer obj.Close()
	at, outside := obj.Real()
	real := joinRel(p.vol.Path, at)
	return !outside && !annexed(real+"/") && policy.Rights(s.id, real) != 0
}

// rightsAtReal is what the identity may do at a real place that it reached under another name: in an
// object store of links, what it might do were it not kept to a part of the tree.
func (s *Session) rightsAtReal(policy *access.Policy, real string) access.Right {
	if annexed(real) {
		id := s.id
		id.Root, id.Only, id.Items = "/", "", nil
		return policy.Rights(id, real)
	}
	return policy.Rights(s.id, real)
}

// hides refuses names that begin with a dot to those who may not see them.
func (s *Session) hides(p *place) error {
	if p.rights.Has(access.Dots) || !hasDots("/", p.name) {
		return nil
	}
	if _, base := split(p.name); litter(base) && !hasDots("/", access.Parent(p.name)) {
		return nil
	}
	return fs.ErrNotExist
}

// leads are the rights that make a place worth being led to. Who may only get what he knows the name
// of is shown no names.
const leads = access.Read | access.Write | access.Move | access.Delete | access.Admin

// seesBelow reports whether the identity has such a right at a volume or grant strictly below path.
func (s *Session) seesBelow(policy *access.Policy, path string) bool {
	for _, at := range s.tree.mounts.Load().below(path) {
		if policy.Rights(s.id, at).Any(leads) {
			return true
		}
	}
	for _, at := range policy.Below(path) {
		if policy.Rights(s.id, at).Any(leads) {
			return true
		}
	}
	return false
}

// refusal is how a place says no: by its name, or as if it did not exist where the volume hides what
// may not be read.
func (s *Session) refusal(p *place) error {
	if p.vol != nil && p.vol.HideRefused && !p.rights.Any(access.Read|access.Get) {
		return fs.ErrNotExist
	}
	return fs.ErrPermission
}

// need refuses unless every one of these rights is there.
func (s *Session) need(p *place, want access.Right) error {
	if p.rights.Has(want) {
		return nil
	}
	return s.refusal(p)
}

// target is a name that a verb will change: its folder as an open handle, and what is there now.
type target struct {
	place
	folder  driver.Folder // nil when the folder does not exist
	dir     place
	base    string // as it was asked
	stored  string // as the storage spells it; base when it is not there yet
	mounted bool   // a volume begins at the very name
}

func (t *target) close() {
	t.place.close()
	t.dir.close()
	if t.folder != nil {
		t.folder.Close()
	}
}

// resolveTarget obtains the folder of a name, judges it, and looks at the name itself without
// following it: what is changed is the name, never what a link points to. Rights are those at the
// name under both the asked and the real path of its folder. fs.ErrNotExist means that the folder
// is missing; a missing name is no error.
func (s *Session) resolveTarget(name string) (*target, error) {
	t, err := s.folderTarget(name)
	if err != nil || t.mounted {
		return t, err
	}
	if err := s.relook(t); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// folderTarget is resolveTarget that does not look at the name yet: who is going to lock it looks then.
func (s *Session) folderTarget(name string) (*target, error) {
	at, err := s.locate(name)
	if err != nil {
		return nil, err
	}
	t := &target{place: at}
	policy := s.tree.policy.Load()
	dirName, base := split(at.name)
	if t.base = base; base == "" || at.virtual || at.vol == nil {
		return nil, fs.ErrPermission
	}
	t.rights = policy.Rights(s.id, at.path)
	if hidden := s.hides(&t.place); hidden != nil {
		return nil, fs.ErrPermission
	}
	if t.rights == 0 {
		return nil, s.refusal(&t.place)
	}
	if at.vol.Path == at.path {
		t.mounted = true
		return t, nil
	}
	if err := s.tree.ready(s.ctx, at.vol); err != nil {
		return nil, err
	}
	return t, s.openFolder(t, dirName, policy)
}

// relook looks at the name of a target in its folder: at first, and again when it is locked. On a disk
// that holds several spellings for one name the stored one is judged too.
func (s *Session) relook(t *target) error {
	t.place.close()
	t.obj, t.info, t.stored = nil, driver.Info{}, t.base
	t.rel, t.real = joinRelative(t.dir.rel, t.base), access.Join(t.dir.real, t.base)
	obj, err := t.folder.Lookup(s.ctx, t.base, driver.WantNoFollow)
	if missing(err) {
		return nil
	}
	if err != nil {
		return translate(err)
	}
	t.obj, t.info = obj, obj.Info()
	if rel, outside := obj.Real(); !outside && t.info.Kind != KindLink && rel != t.rel {
		_, t.stored = splitRel(rel)
		t.rel, t.real = rel, joinRel(t.vol.Path, rel)
		if t.rights &= s.tree.policy.Load().Rights(s.id, t.real); t.rights == 0 {
			return s.refusal(&t.place)
		}
	}
	return nil
}

// openFolder opens the folder of a target and narrows the rights to what also holds where that folder
// really is.
func (s *Session) openFolder(t *target, dirName string, policy *access.Policy) error {
	rel, _ := splitRel(t.rel)
	t.dir = place{name: dirName, path: access.Parent(t.path), vol: t.vol, rel: rel}
	obj, err := t.vol.Driver.Lookup(s.ctx, rel, driver.WantDir)
	if err != nil {
		return translate(err)
	}
	defer obj.Close()
	real, outside := obj.Real()
	if outside {
		return fs.ErrPermission // a link root: never written
	}
	t.dir.info = obj.Info()
	t.dir.real = joinRel(t.vol.Path, real)
	t.dir.rel = real
	t.rel = joinRelative(real, t.base)
	t.real = access.Join(t.dir.real, t.base)
	if t.real != t.path {
		if annexed(t.real) {
			return fs.ErrPermission
		}
		if t.rights &= policy.Rights(s.id, t.real); t.rights == 0 {
			return s.refusal(&t.place)
		}
	}
	if t.folder, err = obj.Folder(); err != nil {
		return translate(err)
	}
	return nil
}
