package vfs

import (
	"context"
	"hash/fnv"
	"io"
	"strings"

	"portico/backend/access"
	"portico/backend/vfs/driver"
)

// survey counts a subtree and looks for what its identity may not touch.
type survey struct {
	Files, Folders, Bytes int64
	hidden                string // a name that the identity may not see, "" none
	odd                   string // a name of something that a copy would leave out: a link, a device
	print                 uint64 // differs when anything in it has changed
}

// count walks a folder. Links are counted as files of no bytes and not followed.
func (v *survey) count(ctx context.Context, dir driver.Folder, path string, dots bool) error {
	for info, err := range dir.Entries(ctx) {
		switch {
		case err != nil && info.Name == "":
			return translate(err)
		case err != nil: // cannot be looked at: counted as something odd
			info.Kind = KindOther
		case !dots && strings.HasPrefix(info.Name, ".") && !litter(info.Name):
			v.hidden = info.Name
		}
		at := path + "/" + info.Name
		v.mark(at, info)
		switch {
		case info.Kind == KindFolder && !info.Linked:
			v.Folders++
			if err := inFolder(ctx, dir, info.Name, func(sub driver.Folder) error { return v.count(ctx, sub, at, dots) }); err != nil {
				return err
			}
		case info.Linked || info.Kind != KindFile:
			v.Files++
			v.odd = info.Name
		default:
			v.Files++
			v.Bytes += info.Size
		}
	}
	return nil
}

// mark takes one entry into the fingerprint, in whatever order they come.
func (v *survey) mark(path string, info driver.Info) {
	h := fnv.New64a()
	io.WriteString(h, path)
	h.Write([]byte{0, byte(info.Kind)})
	if info.Kind == KindFile {
		io.WriteString(h, info.Version)
	}
	v.print += h.Sum64()
}

// inFolder opens a folder by its name in another one.
func inFolder(ctx context.Context, dir driver.Folder, base string, do func(driver.Folder) error) error {
	obj, err := dir.Lookup(ctx, base, driver.WantDir)
	if err != nil {
		return translate(err)
	}
	defer obj.Close()
	sub, err := obj.Folder()
	if err != nil {
		return translate(err)
	}
	defer sub.Close()
	return do(sub)
}

// boundary refuses a verb on a subtree that holds a mounted volume, a grant under which the identity
// may not do the same (or, where names change, any grant: it would be left behind), or a write that is
// under way.
func (s *Session) boundary(path string, need access.Right, moves bool) error {
	t := s.tree
	if below := t.mounts.Load().below(path); len(below) > 0 {
		return &Error{Err: ErrBoundary, Text: "a volume is mounted inside", Held: below[0]}
	}
	if held := t.mounts.Load().served(path); held != "" {
		return &Error{Err: ErrBoundary, Text: "another volume is served from inside", Held: held}
	}
	policy := t.policy.Load()
	for _, at := range policy.Below(path) {
		if moves {
			return &Error{Err: ErrBoundary, Text: "somebody was given rights to a place inside", Held: at}
		}
		if !policy.Rights(s.id, at).Has(need) {
			return &Error{Err: ErrBoundary, Text: "it holds a place with other rights", Held: at}
		}
	}
	for _, u := range t.pending.below(path) {
		if u.busy() { // what is only kept goes along
			return &Error{Err: ErrBusy, Text: "something is being uploaded there", Held: u.by.Name}
		}
	}
	return nil
}
