package vfs

import (
	"context"
	"io"

	"portico/backend/access"
)

// Verb names an operation on the tree.
type Verb string

const (
	VerbStat   Verb = "stat"
	VerbList   Verb = "list"
	VerbOpen   Verb = "open"
	VerbCreate Verb = "create"
	VerbMkdir  Verb = "mkdir"
	VerbRemove Verb = "remove"
	VerbRename Verb = "rename"
	VerbCopy   Verb = "copy"
	VerbTimes  Verb = "set times"
	VerbLock   Verb = "lock"

	VerbProperties Verb = "set properties"
)

// Op is one operation as guards see it. Paths are canonical tree paths. Guards do not change it,
// except Limit.
type Op struct {
	Verb     Verb
	Identity access.Identity
	Origin   Origin
	Volume   string // name of the volume
	Asked    string // the cleaned path that was asked
	Real     string // where the object really is: links, case and Unicode form resolved; as Asked when it does not exist yet
	To       string // rename, copy: where to
	Exists   bool   // the target (Asked, or To) exists
	Folder   bool   // the object is a folder
	Size     int64  // create: announced bytes, -1 unknown; copy: bytes in all
	Files    int64  // copy, and a rename to another storage: files in all
	Token    string // lock token shown by the client, if any
	Write    string // create: id of the pending write; the same again when it is resumed

	Limit int64 // create: at most this many bytes may come; a guard may lower it. -1: no limit
}

// Guard is asked before an operation; it may refuse or lower a limit. It implements one or more of
// the four moments. Guards are ordered; the first refusal wins. A guard returns an error of the
// vocabulary (errors.go), wrapped in *Error where a sentence helps.
type Guard interface{ Name() string }

type (
	// Admitter is asked before anything is touched.
	Admitter interface {
		Admit(ctx context.Context, op *Op) error
	}
	// Grower is asked as bytes come: total is how many the write will have in all after this slice.
	// It is called per slice of at most 4 MiB, not per byte.
	Grower interface {
		Grow(ctx context.Context, op *Op, total int64) error
	}
	// Verifier sees the staged, complete, unpublished content.
	Verifier interface {
		Verify(ctx context.Context, op *Op, content Staged) error
	}
	// Releaser is told when an operation that was admitted ended, whatever its end: for every open,
	// create, mkdir, remove, rename, copy and set times, once. A write that is kept for Resume has
	// not ended: it is admitted again, with the same Write, when it is resumed, and Growers are told
	// of it, with its length, when it is found after a restart. Found and not to be resumed, it is
	// released. size: bytes that were read, are in the committed file, or were moved, removed or
	// copied in all.
	Releaser interface {
		Release(ctx context.Context, op *Op, committed bool, size int64)
	}
	// Bounder tells how many bytes somebody may hold where op would write: left of them are free, used are
	// not. bounded is false where nothing bounds that may be told.
	Bounder interface {
		Bound(ctx context.Context, op *Op) (used, left int64, bounded bool)
	}
	// Pacer limits the rate. Where it limits an operation, the operation's bytes move in small slices,
	// and before each of them Pace waits as long as it likes while ctx lives; elsewhere it is only
	// asked before each slice of 4 MiB whether it limits it by now.
	Pacer interface {
		Limits(op *Op) bool
		Pace(ctx context.Context, op *Op, n int64) error
	}
)

// Staged is complete content that is not visible yet.
type Staged interface {
	io.ReaderAt
	Size() int64
	SHA256() string
}

// guards are the guards of a tree, by moment, each in the order in which they were given.
type guards struct {
	admit   []Admitter
	grow    []Grower
	verify  []Verifier
	release []Releaser
	bound   []Bounder
	pace    []Pacer
}

func sortGuards(list []Guard) (g guards) {
	for _, one := range list {
		if m, ok := one.(Admitter); ok {
			g.admit = append(g.admit, m)
		}
		if m, ok := one.(Grower); ok {
			g.grow = append(g.grow, m)
		}
		if m, ok := one.(Verifier); ok {
			g.verify = append(g.verify, m)
		}
		if m, ok := one.(Releaser); ok {
			g.release = append(g.release, m)
		}
		if m, ok := one.(Bounder); ok {
			g.bound = append(g.bound, m)
		}
		if m, ok := one.(Pacer); ok {
			g.pace = append(g.pace, m)
		}
	}
	return g
}

// ask puts an operation to every Admitter. When one refuses, those that had admitted are released,
// unless the operation is a write that goes on waiting.
func (g *guards) ask(ctx context.Context, op *Op, again bool) error {
	for i, a := range g.admit {
		if err := a.Admit(ctx, op); err != nil {
			if again {
				return err
			}
			for _, before := range g.admit[:i] {
				if r, ok := before.(Releaser); ok {
					r.Release(context.WithoutCancel(ctx), op, false, 0)
				}
			}
			return err
		}
	}
	return nil
}

// end tells every Releaser how an operation ended.
func (g *guards) end(ctx context.Context, op *Op, committed bool, size int64) {
	for _, r := range g.release {
		r.Release(context.WithoutCancel(ctx), op, committed, size)
	}
}
