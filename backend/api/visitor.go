package api

import (
	"context"
	"errors"
	"path"
	"time"

	"portico/backend/access"
	"portico/backend/event"
)

// errOver ends a stream whose folder is gone or closed to its visitor.
var errOver = errors.New("the folder is not there for this visitor any more")

// tell sends what one event means on this stream: to whoever administers the fact itself, to the
// visitor of a folder what listing it again would show.
func (f *follower) tell(e event.Event) error {
	if f.all {
		fact := factOf(e)
		return f.wire.send("change", e.ID, Change{What: "fact", Path: e.Path, Fact: &fact})
	}
	came, went := f.touches(e)
	if !came && !went {
		return nil
	}
	if !f.lists() {
		f.over()
		return errOver
	}
	if went {
		// The name is not told: whoever may list the folder sees what is missing, and what one may
		// not see was perhaps what went.
		if err := f.wire.send("change", e.ID, Change{What: "gone", Path: f.at.url(f.at.name)}); err != nil {
			return err
		}
	}
	if !came {
		return nil
	}
	name := path.Base(e.Path)
	entry, err := f.at.Stat(path.Join(f.at.name, name))
	if err != nil {
		return nil // not there any more, or not for these eyes
	}
	row := rowOf(entry, f.rights())
	return f.wire.send("change", e.ID, Change{What: "put", Path: f.at.url(entry.Path), Entry: &row})
}

// touches reports whether something came into the folder or changed there, and whether something
// went from it, the folder itself included.
func (f *follower) touches(e event.Event) (came, went bool) {
	id := f.at.Identity() // of a shared file or a selection: the folder holds nothing else for this visitor
	in := func(p string) bool {
		if p == "/" || p == "" || access.Parent(p) != f.folder {
			return false
		}
		holds, _ := id.Holds(access.Base(p))
		return holds || f.folder != id.Root
	}
	above := func(p string) bool { return p != "" && access.Within(p, f.folder) }
	switch e.Kind {
	case event.Created, event.Replaced, event.Appended, event.Folder, event.Restored, event.Copied:
		came = in(e.Path)
	case event.Renamed:
		came, went = in(e.Path), in(e.From) || above(e.From)
	case event.Removed:
		went = in(e.Path) || above(e.Path)
	case event.VolumeAbsent, event.VolumeBack:
		went = in(e.Path) || above(e.Path)
	}
	return came, went
}

// judgedFor is how long a stream goes on by what was judged last, before something is sent on it.
const judgedFor = time.Second

// still is stands, asked at most once in judgedFor.
func (f *follower) still(ctx context.Context) bool {
	return time.Since(f.judged) < judgedFor || f.stands(ctx)
}

// ended reports whether this stream may not go on, and tells the client.
func (f *follower) ended(ctx context.Context) bool {
	if f.still(ctx) {
		return false
	}
	f.over()
	return true
}

// stands reports whether this stream may go on: what its request showed still counts, and its folder
// can still be listed, or whoever follows everything administers still.
func (f *follower) stands(ctx context.Context) bool {
	f.judged = time.Now()
	if !f.proof.holds(ctx) {
		return false
	}
	if !f.all {
		return f.lists()
	}
	now, err := f.api.o.Accounts.Present(ctx, f.id)
	return err == nil && f.api.o.Tree.Policy().Administers(now)
}

// lists asks the session whether it may still see the folder.
func (f *follower) lists() bool { return f.rights().Has(access.Read) }

func (f *follower) rights() access.Right {
	e, err := f.at.Stat(f.at.name)
	if err != nil || !e.IsFolder() {
		return 0
	}
	return e.Rights
}

// over is the last word of a stream whose folder is gone or closed to its visitor.
func (f *follower) over() {
	// The client may be gone as well.
	_ = f.wire.send("change", 0, Change{What: "over", Path: f.at.url(f.at.name)})
}
