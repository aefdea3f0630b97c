package vfs

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"time"

	"portico/backend/access"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

const (
	journalFormat = 1
	saveEvery     = 2 * time.Second // at most that much is lost with the power
	// saveBytes: with the process at most 8 MiB are lost. That needs no sync.
	saveBytes = 8<<20 - bulkSize
)

// journal is what lies beside a stage: everything that is needed to go on after a restart. The row in
// the store only finds it.
type journal struct {
	Portico int // journalFormat; newer is refused
	ID      string
	Path    string // asked, in the tree
	Real    string
	Rel     string
	By      store.Party
	Begun   time.Time
	Options CreateOptions
	Old     driver.Info
	Based   bool
	Foreign bool `json:",omitempty"`
	Have    extents
	Size    int64
	Digest  digestState
	ModTime time.Time
}

// save makes a checkpoint of a write that asked to be kept, from time to time.
func (u *upload) save(ctx context.Context) error {
	if !u.o.Resume {
		return nil
	}
	now, came := u.tree.now().UnixNano(), u.came.Load()
	last, had := u.saved.Load(), u.savedAt.Load()
	switch {
	case now-last >= int64(saveEvery) && u.saved.CompareAndSwap(last, now):
		u.savedAt.Store(came)
		return u.checkpoint(ctx)
	case came-had >= saveBytes && u.savedAt.CompareAndSwap(had, came):
		u.io.Lock()
		defer u.io.Unlock()
		return u.lay(ctx, false)
	}
	return nil
}

// checkpoint syncs what was staged and saves the journal: nothing that came before is lost any more.
func (u *upload) checkpoint(ctx context.Context) error {
	u.io.Lock()
	defer u.io.Unlock()
	return u.lay(ctx, true)
}

// lay is checkpoint for a caller that holds io, so that no byte comes between the map of what is there
// and the saving of it. Without sync it survives the end of the process only.
func (u *upload) lay(ctx context.Context, sync bool) error {
	if u.stage == nil {
		return ErrClosed
	}
	if u.waiting > 0 { // what waits for its turn is not kept: it is sent again
		u.mu.Lock()
		u.have.cut(u.staged)
		u.size = u.staged
		u.mu.Unlock()
	}
	state, err := u.hasher().state()
	if err != nil {
		return err
	}
	u.mu.Lock()
	j := journal{
		Portico: journalFormat, ID: u.id, Path: u.path, Real: u.real, Rel: u.rel, By: u.by, Begun: u.begun,
		Options: u.o, Old: u.old, Based: u.based, Foreign: u.foreign, Have: u.have, Size: u.size, Digest: state, ModTime: u.modTime,
	}
	data, err := json.Marshal(j)
	placed := u.placed
	u.mu.Unlock()
	if err != nil {
		return err
	}
	durable := sync && u.vol.Durability != store.Fast
	if durable {
		if err := u.stage.Sync(ctx); err != nil {
			return err
		}
		u.clean()
	}
	if err := u.stage.SaveJournal(data, durable); err != nil {
		return err
	}
	if !placed {
		return u.place(ctx)
	}
	return nil
}

// place writes the row that finds the journal after a restart.
func (u *upload) place(ctx context.Context) error {
	now := u.tree.now()
	row := store.Pending{
		ID: u.id, Volume: u.vol.Name, Path: u.rel, By: u.by, Size: u.o.Size, Begun: u.begun, Expires: now.Add(u.tree.ages.Load().Unfinished),
	}
	err := u.tree.store.Write(context.WithoutCancel(ctx), u.vol.Durability, func(tx *store.Tx) error { return tx.PutPending(row) })
	if err != nil {
		return err
	}
	u.mu.Lock()
	u.placed = true
	u.mu.Unlock()
	return nil
}

// keep ends a Writer and leaves its upload waiting.
func (u *upload) keep(w *Writer) error {
	u.io.Lock()
	defer u.io.Unlock()
	if !u.writes(w) {
		return nil
	}
	u.mu.Lock()
	u.placed, u.kept = false, u.tree.now() // the row is written anew: the week begins now
	// Set once only: others read it without a lock (learn).
	if !u.o.Resume {
		u.o.Resume = true
	}
	u.mu.Unlock()
	err := u.lay(context.WithoutCancel(w.s.ctx), true)
	if cerr := u.stage.Close(); err == nil {
		err = cerr
	}
	u.stage = nil
	u.clean()
	u.mu.Lock()
	u.live = nil
	u.mu.Unlock()
	return translate(err)
}

// abort ends a Writer and removes its stage.
func (u *upload) abort(w *Writer) error {
	u.io.Lock()
	defer u.io.Unlock()
	if !u.writes(w) {
		return nil
	}
	return u.discard(w.s.ctx)
}

// discard removes the stage of an upload for good. The caller holds io, the stage is open.
func (u *upload) discard(ctx context.Context) error {
	err := u.stage.Discard()
	u.stage = nil
	u.clean()
	u.gone = true
	u.mu.Lock()
	w, placed := u.live, u.placed
	u.live = nil
	u.mu.Unlock()
	u.tree.pending.remove(u)
	if placed {
		derr := u.tree.store.Write(store.MakesRoom(context.WithoutCancel(ctx)), store.Fast, func(tx *store.Tx) error { return tx.DropPending(u.id) })
		if err == nil {
			err = derr
		}
	}
	op := u.lostOp()
	if w != nil {
		op = w.op
	}
	u.tree.guards.end(ctx, op, false, u.length())
	return translate(err)
}

// lostOp describes an upload that no session holds.
func (u *upload) lostOp() *Op {
	return &Op{
		Verb: VerbCreate, Volume: u.vol.Name, Asked: u.path, Real: u.real, Size: u.o.Size, Limit: -1, Write: u.id,
		Identity: access.Identity{Kind: access.Kind(u.by.Kind), ID: u.by.ID, Name: u.by.Name},
		Origin:   Origin{Door: u.by.Door, Remote: u.by.Remote},
	}
}

// Resume goes on with a pending write of the same identity, also after a restart. A Writer that still
// holds it (a connection that hangs) is ended first. Anything else is fs.ErrNotExist.
func (s *Session) Resume(id string) (*Writer, error) {
	w, err := s.resume(id)
	if err != nil {
		return nil, problem(VerbCreate, "", err)
	}
	return w, nil
}

func (s *Session) resume(id string) (*Writer, error) {
	if err := s.err(); err != nil {
		return nil, err
	}
	u := s.tree.pending.find(id)
	// The id is a secret of whoever began it, so guests and link holders may come from another
	// address: a phone changes networks.
	if u == nil || access.Kind(u.by.Kind) != s.id.Kind || u.by.ID != s.id.ID {
		return nil, fs.ErrNotExist
	}
	if err := s.takeOver(u); err != nil {
		return nil, err
	}
	name, ok := s.nameOf(u.path)
	if !ok {
		return nil, fs.ErrNotExist
	}
	tg, err := s.writable(name)
	if err != nil {
		return nil, err
	}
	defer tg.close()
	op := s.op(VerbCreate, &tg.place)
	op.Size, op.Write = u.o.Size, u.id
	if err := s.tree.locks.admit(s, op); err != nil {
		return nil, err
	}
	if err := s.tree.guards.ask(s.ctx, op, true); err != nil {
		return nil, err
	}
	return s.reopen(u, &tg.place, op)
}

// takeOver ends the Writer that still holds an upload.
func (s *Session) takeOver(u *upload) error {
	u.mu.Lock()
	old := u.live
	u.mu.Unlock()
	if old == nil {
		return nil
	}
	if !u.o.Resume {
		return ErrBusy
	}
	return old.Keep()
}

func (s *Session) reopen(u *upload, p *place, op *Op) (*Writer, error) {
	u.io.Lock()
	defer u.io.Unlock()
	if u.gone {
		return nil, fs.ErrNotExist
	}
	if u.stage != nil {
		return nil, ErrBusy
	}
	stage, err := u.vol.Driver.OpenStage(s.ctx, u.id)
	if err != nil {
		return nil, translate(err)
	}
	if err := u.load(stage); err != nil {
		stage.Close()
		return nil, err
	}
	u.stage = stage
	w, err := s.write(u, p, op)
	if err != nil {
		stage.Close()
		u.stage = nil
	}
	return w, err
}

// load takes up what the journal says.
func (u *upload) load(stage driver.Stage) error {
	data, err := stage.Journal()
	if err != nil {
		return translate(err)
	}
	var j journal
	if err := json.Unmarshal(data, &j); err != nil {
		return fmt.Errorf("the journal of a pending write is damaged: %w", err)
	}
	if j.Portico > journalFormat {
		return fmt.Errorf("%w: a newer Portico began this upload", ErrBusy)
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.known {
		u.learn(j)
	}
	u.have, u.size, u.modTime, u.placed = j.Have, j.Size, j.ModTime, true
	u.digest = newDigest(j.Options.Digests...)
	if err := u.digest.restore(j.Digest); err != nil {
		u.tree.log.Info("an upload is hashed anew", "path", u.path, "err", err)
	}
	u.staged, u.ahead, u.waiting = u.size, nil, 0
	// What came after the journal was saved may be there or not: it is sent again.
	if err := stage.Truncate(u.size); err != nil {
		return translate(err)
	}
	return nil
}

// learn takes up, once after a restart, what stays as it is while the write waits: whoever looks at a
// write that is known reads this without a lock. The caller holds mu.
func (u *upload) learn(j journal) {
	u.by, u.begun = j.By, j.Begun
	if j.Rel == u.rel { // else its folder has moved since
		u.path, u.real = j.Path, j.Real
	}
	u.o, u.old, u.based, u.foreign = j.Options, j.Old, j.Based, j.Foreign
	u.o.Resume, u.known = true, true
}

// nameOf is the name under which a tree path exists in this session.
func (s *Session) nameOf(path string) (string, bool) {
	root := s.id.Root
	if root == "" {
		return path, true
	}
	if !access.Within(root, path) {
		return "", false
	}
	return joinRel("/", under(root, path)), true
}
