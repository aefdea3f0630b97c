package vfs

import (
	"errors"
	"io/fs"
	"time"

	"portico/backend/access"
	"portico/backend/vfs/driver"
)

// Base says what a new Writer starts with.
type Base uint8

const (
	Empty    Base = iota // nothing
	Existing             // the present content, to be edited (FTP REST, SFTP update, Content-Range PUT)
	Append               // the present content, writing only at its end
)

// OnExist says what Commit does when the name is taken at that moment.
type OnExist uint8

const (
	Replace  OnExist = iota // needs Write and Delete, or that the name is recently one's own
	KeepBoth                // the new content gets a free name beside it: "cat (2).jpg"
	Refuse                  // fs.ErrExist
	// ReplaceOrKeepBoth replaces where the identity may replace and keeps both where it may only
	// add: what PUT means (design.md section 4).
	ReplaceOrKeepBoth
)

// CreateOptions for Session.Create. The zero value makes or replaces a file.
type CreateOptions struct {
	Base    Base
	OnExist OnExist
	Parents bool // make missing folders on the way, if the identity may

	IfMatch string // Version that must still be current when Commit comes; "*": the name must exist
	IfNone  bool   // the name must not exist: now, and still when Commit comes (ErrPrecondition)

	// Size is how long the content will be (Append: what is added), -1 unknown. Known: refused early
	// when it cannot fit; Commit insists on it, and that every byte of it came.
	Size    int64
	ModTime time.Time // zero: the time of commit
	SHA256  string    // lower-case hex, "" unknown: Commit insists on it
	Digests []string  // wanted besides SHA-256 and CRC32: "md5", "sha1", "sha512"
	Resume  bool      // keep what arrived when the session ends without Commit (else it is aborted)
	Note    string    // the door's own text, kept with a pending write (Writer.Note); at most NoteLimit bytes
}

// Result is what Commit made.
type Result struct {
	Entry            // as it is now visible; its Name may differ from the asked one (KeepBoth)
	Created   bool   // a new name; false: content was replaced
	Unchanged bool   // identical content was there already: nothing was written
	SHA256    string // lower-case hex
	CRC32     uint32
	Digests   map[string]string // those asked for, lower-case hex
	Event     int64             // id of the event that tells of it
}

// Create begins a write. Nothing is visible to anybody else before Commit.
func (s *Session) Create(name string, o CreateOptions) (*Writer, error) {
	w, err := s.create(name, o)
	if o.Parents && (missing(err) || errors.Is(err, ErrKind)) {
		var dir Entry
		switch dir, err = s.mkdir(access.Parent(name), true); {
		case err == nil: // perhaps beside what nobody may be told of
			_, base := split(name)
			w, err = s.create(access.Join(dir.Path, base), o)
		case errors.Is(err, fs.ErrExist):
			err = ErrKind // what should be a folder on the way is something else
		}
	}
	if err != nil {
		return nil, problem(VerbCreate, name, err)
	}
	return w, nil
}

func (s *Session) create(name string, o CreateOptions) (*Writer, error) {
	if err := checkDigests(o.Digests); err != nil {
		return nil, err
	}
	t, err := s.writable(name)
	if err != nil {
		return nil, err
	}
	defer t.close()
	if err := s.start(t, &o); err != nil {
		return nil, err
	}
	if o.Resume && s.tree.pending.tooMany(s.party()) {
		return nil, tooManyPending()
	}
	op := s.op(VerbCreate, &t.place)
	op.Size, op.Write = o.Size, newID()
	if err := s.admit(op); err != nil {
		return nil, err
	}
	w, err := s.begin(t, o, op)
	if err != nil {
		s.released(op, err, 0)
		return nil, err
	}
	return w, nil
}

// start judges what a write to this target would do now. Who may not have what is there starts from
// nothing, as if the name were free.
func (s *Session) start(t *target, o *CreateOptions) error {
	if o.Base != Empty && t.obj != nil && !s.claimOf(t).edit() {
		o.Base = Empty
	}
	how, err := s.decide(t, *o)
	if err == nil && o.Base != Empty && how == beside {
		err = s.unchangeable(t, *o)
	}
	return err
}

// unchangeable refuses a change of content that is there where it would have to be kept as well: what
// was changed does not appear beside what it was made of.
func (s *Session) unchangeable(t *target, o CreateOptions) error {
	if o.OnExist == KeepBoth {
		return fs.ErrExist
	}
	return s.refusal(&t.place)
}

// writable resolves a name that shall get content and refuses where no content can be.
func (s *Session) writable(name string) (*target, error) {
	t, err := s.resolveTarget(name)
	if err != nil {
		return nil, err
	}
	if err = s.mayWrite(t); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

// writableLocked is writable with the name locked before it is looked at; unlock closes the target too.
func (s *Session) writableLocked(name string) (t *target, unlock func(), err error) {
	if t, err = s.folderTarget(name); err != nil {
		return nil, nil, err
	}
	unlock = t.close
	if !t.mounted {
		let := s.tree.names.lock(t.key())
		unlock = func() { let(); t.close() }
		err = s.relook(t)
	}
	if err == nil {
		err = s.mayWrite(t)
	}
	if err != nil {
		unlock()
		return nil, nil, err
	}
	return t, unlock, nil
}

// mayWrite judges whether content can be at a target, and whether the identity may put it there.
func (s *Session) mayWrite(t *target) error {
	switch {
	case t.mounted:
		return ErrKind
	case t.vol.ReadOnly:
		return ErrReadOnly
	case t.obj == nil:
		if err := newName(t.base); err != nil {
			return err
		}
	}
	return s.need(&t.place, access.Write)
}

// how a commit makes its content appear.
type how uint8

const (
	asNew how = iota
	replacing
	beside // under a free name
)

// decide judges what a commit to this target would do at this moment.
func (s *Session) decide(t *target, o CreateOptions) (how, error) {
	c := s.claimOf(t)
	told := t.obj != nil && c.told()
	switch {
	case o.IfMatch != "" && (!told || o.IfMatch != "*" && o.IfMatch != s.versionOf(t)):
		return 0, ErrPrecondition
	case t.obj == nil:
		return asNew, nil
	case !told:
		return beside, nil // whatever it is
	case o.IfNone:
		return 0, ErrPrecondition
	case t.info.Kind != KindFile && t.info.Kind != KindLink:
		return 0, ErrKind
	}
	return c.onto(o.OnExist)
}

// versionOf is the version that a reader of the name sees: of a link, its target's.
func (s *Session) versionOf(t *target) string {
	if t.info.Kind != KindLink {
		return t.info.Version
	}
	obj, err := t.folder.Lookup(s.ctx, t.base, driver.WantInfo)
	if err != nil {
		return ""
	}
	defer obj.Close()
	return obj.Info().Version
}

// begin opens the stage and gives out the Writer.
func (s *Session) begin(t *target, o CreateOptions, op *Op) (*Writer, error) {
	if err := s.tree.fits(s.ctx, t.vol, o.Size); err != nil {
		return nil, err
	}
	u := &upload{
		tree: s.tree, vol: t.vol, id: op.Write, path: t.path, real: t.real, rel: t.rel, by: s.party(),
		begun: s.tree.now(), o: o, known: true, waits: o.Resume, digest: newDigest(o.Digests...), modTime: keepable(o.ModTime),
	}
	// Short writes end before their journal is worth its price: a kill takes what came in the first moments.
	u.saved.Store(u.begun.UnixNano())
	stage := driver.StageOptions{ID: u.id, Size: o.Size}
	base, err := s.base(t, o)
	if err != nil {
		return nil, err
	}
	if base != nil {
		defer base.Close()
		u.old, u.based = base.Info(), true
		u.foreign = !s.claimOf(t).read()
		if o.Base == Existing {
			stage.From = base
			u.size, u.staged = u.old.Size, u.old.Size
			u.have.add(0, u.size)
		}
	}
	if u.stage, err = t.folder.Stage(s.ctx, stage); err != nil {
		return nil, translate(err)
	}
	s.tree.pending.add(u)
	w, err := s.write(u, &t.place, op)
	if err != nil {
		s.tree.pending.remove(u)
		u.stage.Discard()
		return nil, err
	}
	return w, nil
}

// base looks up the present content that a write starts from, nil where there is none: claim.edit has
// allowed it. Links are followed and judged where they lead.
func (s *Session) base(t *target, o CreateOptions) (driver.Object, error) {
	if o.Base == Empty || t.obj == nil {
		return nil, nil
	}
	if t.info.Kind == KindLink {
		p, err := s.resolve(t.name, driver.WantRead)
		if err == nil && !p.rights.Any(access.Read|access.Get) {
			p.close()
			err = s.refusal(&p)
		}
		return p.obj, err
	}
	obj, err := t.folder.Lookup(s.ctx, t.base, driver.WantRead)
	return obj, translate(err)
}

// write gives out a Writer on an upload that has its stage open.
func (s *Session) write(u *upload, p *place, op *Op) (*Writer, error) {
	w := &Writer{up: u, handle: handle{
		vol: u.vol, verb: VerbCreate, name: p.name, path: u.path, real: u.real, need: access.Write, op: op, total: -1,
	}}
	w.handle.close = w.ended
	w.gen.Store(p.gen)
	if u.o.Size >= 0 {
		w.total = u.o.Size
	}
	w.readable = !u.foreign
	w.off = u.offset() + u.size
	if u.o.Base == Existing {
		w.off = 0
	}
	w.moved.Store(u.size)
	u.mu.Lock()
	u.live, u.origin = w, s.origin
	u.mu.Unlock()
	if err := s.open(&w.handle); err != nil {
		u.mu.Lock()
		u.live = nil
		u.mu.Unlock()
		return nil, err
	}
	s.hook()
	return w, nil
}
