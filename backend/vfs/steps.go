package vfs

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"

	"portico/backend/event"
	"portico/backend/store"
)

// look asks the guards about a looking verb.
func (s *Session) look(verb Verb, p *place) error {
	if len(s.tree.guards.admit) == 0 {
		return nil
	}
	return s.tree.guards.ask(s.ctx, s.op(verb, p), false)
}

// op describes an operation to the guards.
func (s *Session) op(verb Verb, p *place) *Op {
	op := &Op{
		Verb: verb, Identity: s.id, Origin: s.origin, Asked: p.path, Real: p.real,
		Exists: p.exists(), Size: -1, Limit: -1,
	}
	if p.vol != nil {
		op.Volume = p.vol.Name
	}
	op.Folder = p.virtual || p.obj != nil && p.info.Kind == KindFolder
	return op
}

// admit asks the locks and the guards whether a change may begin. Who was admitted calls guards.end.
func (s *Session) admit(op *Op) error {
	if err := s.tree.locks.admit(s, op); err != nil {
		return err
	}
	return s.tree.guards.ask(s.ctx, op, false)
}

// released tells the guards how a change that they admitted ended.
func (s *Session) released(op *Op, err error, size int64) {
	s.tree.guards.end(s.ctx, op, err == nil, size)
}

// deed is how a change touches the disk.
type deed struct {
	// sync makes staged content durable, while the intent is written; nil where nothing is staged.
	// Should the power fail in between, recovery knows by its hash whether a name holds that content.
	sync func(context.Context) error
	// act is the one call that changes the disk. It fills in what only the disk knows. When it fails
	// nothing has changed, unless it says errUnknown.
	act func(context.Context) error
	// seal makes the names that act changed durable.
	seal func(context.Context) error
}

// begun is the error of a change whose intent stands, or that happened: what became of it is told when it is
// settled, and by nobody else.
type begun struct{ error }

func (e begun) Unwrap() error { return e.error }

// carry takes an admitted change through act, commit and publish. Once the intent is written nothing
// interrupts it but a crash. An error after act means that the change happened, is recorded and
// published, but may not survive power loss.
func (t *Tree) carry(ctx context.Context, v *volume, n *note, d deed) (err error) {
	ctx = context.WithoutCancel(ctx)
	if n.Verb == VerbRemove || n.Verb == verbLeave {
		ctx = store.MakesRoom(ctx)
	}
	intent, err := t.begin(ctx, v, n, d)
	if intent == 0 {
		return err
	}
	stands := true
	defer func() {
		if err != nil && stands {
			err = begun{err}
		}
	}()
	if kerr := t.at("intent"); kerr != nil {
		return kerr
	}
	if err == nil {
		err = t.act(ctx, v, n, d)
	}
	if err != nil {
		if !errors.Is(err, errUnknown) {
			stands = false
			t.forget(ctx, intent)
			return err
		}
		n.unknown = true
		v.doubt(intent, n)
		return err
	}
	n.happened = true
	if err := t.at("act"); err != nil {
		return err
	}
	if v.Durability != store.Fast {
		err = d.seal(ctx)
	}
	if err := t.at("seal"); err != nil {
		return err
	}
	if err := t.settle(ctx, v, intent, n); err != nil {
		t.log.Error("a change could not be recorded yet", "volume", v.Name, "path", n.Path, "err", err)
		v.doubt(intent, n)
		return err
	}
	if err := t.at("record"); err != nil {
		return err
	}
	return err
}

// act changes the disk. When a storage fails without saying whether it did what it was asked, the
// change is judged as after a crash.
func (t *Tree) act(ctx context.Context, v *volume, n *note, d deed) error {
	err := d.act(ctx)
	if err == nil || refused(err) {
		return err
	}
	happened, rerr := t.happened(ctx, v, n)
	switch {
	case rerr != nil:
		return errors.Join(errUnknown, err)
	case !happened:
		return err
	}
	t.log.Warn("a storage failed but did what it was asked", "volume", v.Name, "path", n.Path, "err", err)
	return nil
}

// happened finds out what became of a change whose stage is still open.
func (t *Tree) happened(ctx context.Context, v *volume, n *note) (bool, error) {
	if n.Verb != VerbCreate {
		return t.redo(ctx, v, n)
	}
	if n.Way != nil {
		return t.redoClearing(ctx, v, n, func() (bool, error) { return t.holdsPublished(ctx, v, n) })
	}
	return t.holdsPublished(ctx, v, n)
}

func (t *Tree) holdsPublished(ctx context.Context, v *volume, n *note) (bool, error) {
	dir, base, err := t.folderOf(ctx, v, n.Path)
	if err != nil {
		return false, err
	}
	defer dir.Close()
	return t.holds(ctx, dir, base, n.Content)
}

// refused reports whether an error says that nothing was changed.
func refused(err error) bool {
	if errors.Is(err, errUnknown) || errors.Is(err, ErrAbsent) {
		return false
	}
	for _, w := range words {
		if errors.Is(err, w.to) {
			return true
		}
	}
	return errors.Is(err, errAcross)
}

// begin writes the intent of a change and makes its staged content durable, both at once. The intent
// is 0 when it could not be written.
func (t *Tree) begin(ctx context.Context, v *volume, n *note, d deed) (intent int64, err error) {
	if d.sync == nil {
		return t.intend(ctx, v, n)
	}
	synced := make(chan error, 1)
	go func() { synced <- d.sync(ctx) }()
	intent, err = t.intend(ctx, v, n)
	if serr := <-synced; err == nil {
		err = serr
	}
	return intent, err
}

// event begins the event of a change made by this session.
func (s *Session) event(kind event.Kind, path string) event.Event {
	return event.Event{
		Kind: kind, Path: path, Door: s.origin.Door, Remote: s.origin.Remote, Client: s.origin.Client,
		Batch: s.origin.Batch, Identity: s.id.String(), Name: s.id.Name,
	}
}

// tell publishes something that is not a change of a file.
func (t *Tree) tell(e event.Event) {
	err := t.store.Write(context.WithoutCancel(t.ctx), store.Fast, func(tx *store.Tx) error { return tx.Append(&e) })
	if err != nil {
		t.log.Warn("an event could not be written", "kind", e.Kind, "err", err)
	}
}

// at is a point between two steps where tests may stop a change.
func (t *Tree) at(point string) error {
	if t.step == nil {
		return nil
	}
	return t.step(point)
}

// newID returns an unguessable name: for stages, the attic, locks and transfers.
func newID() string { return strings.ToLower(rand.Text()) }
