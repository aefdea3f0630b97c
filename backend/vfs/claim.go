package vfs

import (
	"context"
	"io/fs"
	"time"

	"portico/backend/access"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// claim is what an identity may do with what is at one place: by right, or, with only the right to
// add, because it put it there itself a moment ago. Every verb asks here, by its own method. The store
// and the disk are only asked where rights alone do not suffice.
type claim struct {
	s  *Session
	p  *place
	in driver.Folder // the folder that holds it, nil where the place is only looked at
}

func (s *Session) claimAt(p *place) claim { return claim{s: s, p: p} }

func (s *Session) claimOf(t *target) claim { return claim{s: s, p: &t.place, in: t.folder} }

// recentFor is how long what one made oneself may be looked at, filled, replaced, renamed and removed
// with only the right to add.
const recentFor = 10 * time.Minute

// mine reports whether a session's identity made what is known as c, a moment ago and unchanged since.
func (s *Session) mine(c store.Content, info driver.Info, now time.Time) bool {
	if !s.same(c.By) || now.Sub(c.Arrived) > recentFor {
		return false
	}
	return c.Folder && info.Kind == KindFolder || c.Version == info.Version
}

// mine reports whether the identity made what is here. What a folder holds may be others'.
func (c claim) mine() bool {
	known, ok := c.content()
	return ok && c.s.mine(known, c.p.info, c.s.tree.now())
}

// laid reports whether here is an empty file that the identity may fill (Session.laid), and nothing else.
func (c claim) laid() bool {
	known, ok := c.content()
	return ok && c.s.laid(known, c.p.info, c.s.tree.now())
}

// made reports whether the identity made what is here, or may fill it as if it had.
func (c claim) made() bool { return c.mine() || c.laid() }

func (c claim) content() (store.Content, bool) {
	p := c.p
	if p.obj == nil || p.vol == nil || p.outside {
		return store.Content{}, false
	}
	return c.s.tree.contentAt(c.s.ctx, p.vol, under(p.vol.Path, p.real))
}

// laid reports whether a file is the empty one that a visitor lays first and fills next. A program that
// keeps no cookies is a new visitor each time: what is still empty may be filled from where it came, as
// there is nothing in it that another one there could take or spoil.
func (s *Session) laid(c store.Content, info driver.Info, now time.Time) bool {
	return Many(s.id.Kind) && access.Kind(c.By.Kind) == s.id.Kind && c.By.ID == s.id.ID &&
		c.By.Remote != "" && c.By.Remote == s.origin.Remote && c.By.Door == s.origin.Door &&
		info.Kind == KindFile && info.Size == 0 && c.Version == info.Version && now.Sub(c.Arrived) <= recentFor
}

// own reports whether the identity made what is here and, of a folder, everything in it.
func (c claim) own() bool {
	if !c.mine() {
		return false
	}
	if c.p.info.Kind != KindFolder {
		return true
	}
	if c.in == nil {
		return false
	}
	for _, u := range c.s.tree.pending.below(c.p.real) {
		if !c.s.same(u.by) {
			return false
		}
	}
	left := mostOwn
	_, name := split(c.p.real)
	return c.s.onlyMine(c.s.ctx, c.p.vol, under(c.p.vol.Path, c.p.real), c.in, name, &left)
}

// mostOwn is how much a folder may hold and still be looked through for what is others'.
const mostOwn = 2000

// onlyMine reports whether everything in a folder was made by the session's identity a moment ago.
func (s *Session) onlyMine(ctx context.Context, v *volume, rel string, in driver.Folder, base string, left *int) bool {
	known, now, all := s.tree.contentsIn(ctx, v, rel), s.tree.now(), true
	err := inFolder(ctx, in, base, func(dir driver.Folder) error {
		for info, err := range dir.Entries(ctx) {
			if err != nil {
				return translate(err)
			}
			c, ok := known[info.Name]
			if *left--; *left < 0 || !ok || info.Linked || !s.mine(c, info, now) {
				all = false
				return nil
			}
			if info.Kind == KindFolder && !s.onlyMine(ctx, v, joinRelative(rel, info.Name), dir, info.Name, left) {
				all = false
				return nil
			}
		}
		return nil
	})
	return err == nil && all
}

// told reports whether the identity may learn that the name is taken: who may take names away finds
// out anyway.
func (c claim) told() bool {
	return c.p.rights.Any(access.Read|access.Get|access.Move|access.Delete) || c.made()
}

// know decides whether the identity may be told that something is here, and of what size. Who may
// only add sees the folder that it was given, the session's root and what it recently made itself.
func (c claim) know() error {
	p := c.p
	switch {
	case p.virtual, p.passage, p.rights.Has(access.Read), p.name == "/":
		return nil
	case p.rights.Has(access.Get) && p.info.Kind != KindFolder:
		return nil
	case c.made(), p.rights.Has(access.Write) && c.given():
		return nil
	case p.rights.Any(access.Get):
		return c.s.refusal(p)
	default:
		return fs.ErrNotExist // what a write-only folder holds is not to be found out name by name
	}
}

// given reports whether the grants that decide here begin here: whoever has them was told of the place.
func (c claim) given() bool {
	from, _ := c.s.tree.policy.Load().At(c.p.path)
	return from == c.p.path && c.p.info.Kind == KindFolder
}

// read decides whether the identity may have the content of a file, or a folder copied.
func (c claim) read() bool {
	return c.reads() || c.own()
}

// reads is read by right alone.
func (c claim) reads() bool {
	if c.p.info.Kind == KindFolder {
		return c.p.rights.Has(access.Read)
	}
	return c.p.rights.Any(access.Read | access.Get)
}

// replace decides whether the identity may change what is here.
func (c claim) replace() bool {
	return c.p.rights.Has(access.Write|access.Delete) || c.own() || c.laid()
}

// edit decides whether a write may start from the content that is here.
func (c claim) edit() bool {
	return c.p.rights.Any(access.Read|access.Get) || c.replace()
}

// onto says what becomes of new content that comes to this name, which is taken. Where the identity
// may not even be told that, both are always kept: any other answer would tell.
func (c claim) onto(e OnExist) (how, error) {
	switch {
	case e == KeepBoth, !c.told():
		return beside, nil
	case e == Refuse:
		return 0, fs.ErrExist
	case c.replace():
		return replacing, nil
	case e == ReplaceOrKeepBoth:
		return beside, nil
	}
	return 0, c.s.refusal(c.p)
}

// take decides whether the identity may take the name away, for which by right it needs right.
func (c claim) take(right access.Right) error {
	if c.p.rights.Has(right) || c.p.rights.Has(access.Write) && c.own() {
		return nil
	}
	return c.refuse()
}

// refuse is the refusal to change what is here. Who may not even look is not told that there is
// something, but for a folder of one's own in which others have put something.
func (c claim) refuse() error {
	if !c.p.rights.Any(access.Read|access.Get) && !c.made() {
		return c.s.unreadable(c.p)
	}
	return c.s.refusal(c.p)
}

// restore decides whether the identity may have back what was removed or replaced here.
func (c claim) restore(k store.Kept) bool {
	return c.p.rights.Has(access.Read|access.Delete) || c.p.rights.Has(access.Write) && c.s.same(k.By)
}
