package vfs

import (
	"context"
	"encoding/json"

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
	Way        *note  `json:",omitempty"` // what was at Path and goes into the attic first
	Print      uint64 `json:",omitempty"` // of a folder that goes: what it held when it was copied
	Then       *note  `json:",omitempty"` // … and what is left to do there, begun with the record of this
	then       int64  // its intent
	happened   bool   // the disk is changed
	rowless    bool   // the stage never had a row of its own
	unknown    bool   // … or perhaps: the storage does not say

	Like       string `json:",omitempty"` // of what properties are copied: a name …
	LikeVolume string `json:",omitempty"` // … and its volume

	Hung    []store.Property `json:",omitempty"` // attributes of what appears
	Kept    *store.Kept      `json:",omitempty"` // row of what goes into the attic
	Content *store.Content   `json:",omitempty"` // what is known of what appears
	Event   event.Event
}

// Verbs that only notes have.
const (
	verbRestore Verb = "restore"
	verbAppend  Verb = "append"
	verbLeave   Verb = "leave" // what is left of a move at its source: it goes without an event
)

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
		if n.Way != nil {
			if err := n.Way.settle(tx, v.Name); err != nil {
				return err
			}
		}
		if err := n.settle(tx, v.Name); err != nil {
			return err
		}
		if err := n.next(tx); err != nil {
			return err
		}
		return tx.DropIntent(intent)
	})
}

// settle writes the rows and the event of a change.
func (n *note) settle(tx *store.Tx, volume string) error {
	if err := n.record(tx, volume); err != nil || n.Silent {
		return err
	}
	return tx.Append(&n.Event)
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

// atticVolume is the name under which nodes live whose objects lie in a volume's attic, so that a
// restored file has its identity and hash back.
func atticVolume(volume string) string { return "attic:" + volume }

// record writes the rows of a change that is on the disk.
func (n *note) record(tx *store.Tx, volume string) (err error) {
	switch n.Verb {
	case VerbRemove, verbLeave:
		return n.recordRemove(tx, volume)
	case VerbRename:
		if err := tx.MovePendings(volume, n.From, n.Path); err != nil {
			return err
		}
		move := func() (int64, error) { return tx.MoveNode(volume, n.From, volume, n.Path) }
		if n.Replace {
			move = func() (int64, error) { return tx.ReplaceNode(volume, n.From, n.Path) }
		}
		if n.Event.Node, err = move(); err != nil {
			return err
		}
		if err := n.recordKept(tx, volume); err != nil {
			return err
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
	if err := n.recordKept(tx, volume); err != nil {
		return err
	}
	switch {
	case n.Verb == VerbCopy:
		return tx.DropKept(n.Attic)
	case n.Stage != "" && !n.rowless:
		return tx.DropPending(n.Stage)
	}
	return nil
}

// recordKept writes the row of what went into the attic. Versions hang on the node of their name.
func (n *note) recordKept(tx *store.Tx, volume string) (err error) {
	if n.Kept == nil {
		return nil
	}
	if n.Kept.Kind == store.AtticVersions {
		if n.Kept.Node, err = tx.MakeNode(volume, n.Path); err != nil {
			return err
		}
	}
	return tx.PutKept(*n.Kept)
}

// recordNode writes what is known of what appeared: on the node that was there, that came from
// elsewhere, or on a new one.
func (n *note) recordNode(tx *store.Tx, volume string) (err error) {
	switch {
	case n.Verb == VerbCopy: // with what is known of the files inside
		n.Event.Node, err = tx.MoveNode(atticVolume(volume), n.Attic, volume, n.Path)
	case n.FromVolume != "" && !n.Replace:
		n.Event.Node, err = tx.MoveNode(n.FromVolume, n.From, volume, n.Path)
	case n.FromVolume != "":
		err = n.recordReplacing(tx, volume)
	case n.Fresh:
		n.Event.Node, err = tx.FreshNode(volume, n.Path)
	}
	if err == nil && n.Event.Node == 0 {
		n.Event.Node, err = tx.MakeNode(volume, n.Path)
	}
	if err == nil && n.Like != "" {
		err = tx.CopyProperties(n.LikeVolume, n.Like, volume, n.Path)
	}
	for _, p := range n.Hung {
		if err == nil {
			err = tx.PutProperty(n.Event.Node, p)
		}
	}
	if err != nil || n.Content == nil {
		return err
	}
	return tx.PutContent(n.Event.Node, *n.Content)
}

// recordReplacing forgets a file that moved here from another storage and took a name that keeps its node.
func (n *note) recordReplacing(tx *store.Tx, volume string) error {
	from, err := tx.Node(n.FromVolume, n.From)
	if err != nil || from == 0 {
		return err
	}
	to, err := tx.MakeNode(volume, n.Path)
	if err == nil {
		err = tx.TakeProperties(from, to)
	}
	if err != nil {
		return err
	}
	return tx.DropNode(n.FromVolume, n.From)
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
