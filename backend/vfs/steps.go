package vfs

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"

	"portico/backend/event"
	"portico/backend/store"
)

// The five steps. A looking verb takes the first three (look); a changing verb takes all of them:
// its own file resolves and builds the note of what it is going to do, admit asks the guards, and
// carry does the rest in the one order that survives a crash at every point:
//
//	resolve   resolve.go        handle first, then both names judged
//	guard     admit             rights, locks, guards; the first refusal wins
//	act       carry             intent durable, then the one call that changes the disk
//	commit    carry             record, event and the end of the intent in one transaction
//	publish   carry             that transaction's event, seen by every cursor of the log
//
// A crash before act leaves nothing; after it, recover.go finishes what the intent says.

// note says what a change does, in terms that mean the same after a restart. Names are relative to
// the volume, as drivers say them. It is the body of an intent.
type note struct {
	Verb    Verb
	Path    string // what appears, or goes
	From    string `json:",omitempty"` // rename: what it was
	Stage   string `json:",omitempty"` // the staged content that appears
	Replace bool   `json:",omitempty"` // Path was there before
	Attic   string `json:",omitempty"` // id in an attic: what is put there, or comes from there
	Kind    string `json:",omitempty"` // which attic: a kind of store.Kept, or "copy"
	Near    string `json:",omitempty"` // folder through which that attic is reached
	Fresh   bool   `json:",omitempty"` // the node at Path is not carried over
	Pieces  bool   `json:",omitempty"` // a folder that moves piece by piece
	Silent  bool   `json:",omitempty"` // no event: an empty placeholder
	Was     string `json:",omitempty"` // version before, of a file whose bytes stay as they are
	Now     string `json:",omitempty"` // … and after; only the disk knows it

	FromVolume string `json:",omitempty"` // a move from another volume, or across its storages: where From is
	Then       *note  `json:",omitempty"` // … and what is left to do there, begun with the record of this
	then       int64  // its intent
	happened   bool   // the disk is changed
	unknown    bool   // … or perhaps: the storage does not say

	Kept    *store.Kept    `json:",omitempty"` // row of what goes into the attic
	Content *store.Content `json:",omitempty"` // what is known of what appears
	Event   event.Event
}

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

// carry takes an admitted change through act, commit and publish. Once the intent is written nothing
// interrupts it but a crash. An error after act means that the change happened, is recorded and
// published, but may not survive power loss.
func (t *Tree) carry(ctx context.Context, v *volume, n *note, d deed) error {
	ctx = context.WithoutCancel(ctx)
	intent, err := t.begin(ctx, v, n, d)
	if intent == 0 {
		return err
	}
	if kerr := t.at("intent"); kerr != nil {
		return kerr
	}
	if err == nil {
		err = t.act(ctx, v, n, d)
	}
	if err != nil {
		if !errors.Is(err, errUnknown) {
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
	happened, rerr := t.redo(ctx, v, n)
	switch {
	case rerr != nil:
		return errors.Join(errUnknown, err)
	case !happened:
		return err
	}
	t.log.Warn("a storage failed but did what it was asked", "volume", v.Name, "path", n.Path, "err", err)
	return nil
}

// refused reports whether an error says that nothing was changed.
func refused(err error) bool {
	if errors.Is(err, errUnknown) {
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

// intend writes the intent of a change.
func (t *Tree) intend(ctx context.Context, v *volume, n *note) (intent int64, err error) {
	data, err := json.Marshal(n)
	if err != nil {
		return 0, err
	}
	err = t.store.Write(ctx, v.Durability, func(tx *store.Tx) (err error) {
		intent, err = tx.PutIntent(v.Name, data)
		return err
	})
	return intent, err
}

// settle records a change that is on the disk and publishes its event. The intent, which is durable,
// guards it until this transaction is: so it need not wait for the disk itself.
func (t *Tree) settle(ctx context.Context, v *volume, intent int64, n *note) error {
	return t.store.Write(ctx, store.Fast, func(tx *store.Tx) error {
		if err := n.record(tx, v.Name); err != nil {
			return err
		}
		if err := n.next(tx); err != nil {
			return err
		}
		if !n.Silent {
			if err := tx.Append(&n.Event); err != nil {
				return err
			}
		}
		return tx.DropIntent(intent)
	})
}

// next writes the intent of what is left to do.
func (n *note) next(tx *store.Tx) error {
	if n.Then == nil {
		return nil
	}
	data, err := json.Marshal(n.Then)
	if err == nil {
		n.then, err = tx.PutIntent(n.FromVolume, data)
	}
	return err
}

// forget drops the intent of a change that did not happen.
func (t *Tree) forget(ctx context.Context, intent int64) {
	err := t.store.Write(ctx, store.Fast, func(tx *store.Tx) error { return tx.DropIntent(intent) })
	if err != nil {
		t.log.Warn("an intent outlived its change", "intent", intent, "err", err)
	}
}

// Verbs that only notes have.
const (
	verbRestore Verb = "restore"
	verbAppend  Verb = "append"
	verbLeave   Verb = "leave" // what is left of a move at its source: it goes without an event
)

// atticVolume is the name under which nodes live whose objects lie in a volume's attic, so that a
// restored file has its identity and hash back.
func atticVolume(volume string) string { return "attic:" + volume }

// record writes the rows of a change that is on the disk.
func (n *note) record(tx *store.Tx, volume string) (err error) {
	switch n.Verb {
	case VerbRemove, verbLeave:
		return n.recordRemove(tx, volume)
	case VerbRename:
		if n.Event.Node, err = tx.MoveNode(volume, n.From, volume, n.Path); err != nil {
			return err
		}
		if n.Kept != nil {
			if err := tx.PutKept(*n.Kept); err != nil {
				return err
			}
		}
		return tx.SetVersion(n.Event.Node, n.Was, n.Now)
	case verbRestore:
		if n.Event.Node, err = tx.MoveNode(atticVolume(volume), n.Attic, volume, n.Path); err != nil {
			return err
		}
		if err := tx.SetVersion(n.Event.Node, n.Was, n.Now); err != nil {
			return err
		}
		return tx.DropKept(n.Attic)
	}
	if err := n.recordNode(tx, volume); err != nil {
		return err
	}
	if n.Kept != nil {
		if err := tx.PutKept(*n.Kept); err != nil {
			return err
		}
	}
	switch {
	case n.Verb == VerbCopy:
		return tx.DropKept(n.Attic)
	case n.Stage != "":
		return tx.DropPending(n.Stage)
	}
	return nil
}

// recordNode writes what is known of what appeared: on the node that was there, that came from
// elsewhere, or on a new one.
func (n *note) recordNode(tx *store.Tx, volume string) (err error) {
	switch {
	case n.FromVolume != "":
		n.Event.Node, err = tx.MoveNode(n.FromVolume, n.From, volume, n.Path)
	case n.Fresh:
		err = tx.DropNode(volume, n.Path)
	}
	if err == nil && n.Event.Node == 0 {
		n.Event.Node, err = tx.MakeNode(volume, n.Path)
	}
	if err != nil || n.Content == nil {
		return err
	}
	return tx.PutContent(n.Event.Node, *n.Content)
}

func (n *note) recordRemove(tx *store.Tx, volume string) (err error) {
	if n.Kept == nil || n.Kept.Kind == store.AtticPurge {
		if n.Event.Node, err = tx.Node(volume, n.Path); err == nil {
			err = tx.DropNode(volume, n.Path)
		}
	} else {
		n.Event.Node, err = tx.MoveNode(volume, n.Path, atticVolume(volume), n.Attic)
		if err == nil {
			err = tx.SetVersion(n.Event.Node, n.Was, n.Now)
		}
	}
	if err != nil || n.Kept == nil {
		return err
	}
	return tx.PutKept(*n.Kept)
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
