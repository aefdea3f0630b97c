package vfs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"portico/backend/access"
	"portico/backend/store"
)

// Writes that were kept wait for Resume. They hold up nobody: they go with their folder when it is
// removed, follow it when it is renamed, and whoever administers can stop them.

// Waiting lists the writes that wait for Resume, the oldest first. Stop discards one.
func (t *Tree) Waiting() []Transfer {
	var out []Transfer
	for _, u := range t.pending.below("/") {
		if u.busy() {
			continue
		}
		out = append(out, Transfer{
			ID: u.shownID(), Verb: VerbCreate, Path: u.path, Identity: u.identity(),
			Origin: u.from(), Done: u.length(), Total: u.o.Size, Since: u.begun, Waiting: true,
		})
	}
	slices.SortFunc(out, func(a, b Transfer) int { return a.Since.Compare(b.Since) })
	return out
}

// DropWaiting discards the waiting writes of the identities that match (by Kind, ID and Name), and
// returns how many there were.
func (t *Tree) DropWaiting(match func(access.Identity) bool) int {
	n := 0
	for _, u := range t.pending.below("/") {
		if !u.busy() && match(u.identity()) && t.drop(u) {
			n++
		}
	}
	return n
}

func (t *Tree) stopWaiting(id string) bool {
	for _, u := range t.pending.below("/") {
		if !u.busy() && u.shownID() == id {
			return t.drop(u)
		}
	}
	return false
}

// drop discards an upload that waits.
func (t *Tree) drop(u *upload) bool {
	err := u.giveUp(context.WithoutCancel(t.ctx))
	if err != nil {
		t.log.Warn("an unfinished upload could not be removed", "volume", u.vol.Name, "err", err)
	}
	return err == nil
}

// shownID names a waiting upload to those who may stop it. Its own id is the secret of whoever began it.
func (u *upload) shownID() string {
	sum := sha256.Sum256([]byte(u.id))
	return "waiting-" + hex.EncodeToString(sum[:8])
}

func (u *upload) identity() access.Identity {
	return access.Identity{Kind: access.Kind(u.by.Kind), ID: u.by.ID, Name: u.by.Name}
}

// from is where it came from last, as far as is known.
func (u *upload) from() Origin {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.origin == (Origin{}) {
		return Origin{Door: u.by.Door, Remote: u.by.Remote}
	}
	return u.origin
}

// busy reports whether somebody writes now.
func (u *upload) busy() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.live != nil
}

// giveUp discards an upload that waits; one that somebody writes stays.
func (u *upload) giveUp(ctx context.Context) error {
	u.io.Lock()
	defer u.io.Unlock()
	if u.gone || u.stage != nil {
		return nil
	}
	stage, err := u.vol.Driver.OpenStage(ctx, u.id)
	if err != nil && !missing(err) {
		return translate(err)
	}
	if err != nil {
		return u.forget(ctx)
	}
	u.stage = stage
	return u.discard(ctx)
}

// forget is discard where the stage is gone already.
func (u *upload) forget(ctx context.Context) error {
	u.gone = true
	u.tree.pending.remove(u)
	u.tree.guards.end(ctx, u.lostOp(), false, u.length())
	return u.tree.store.Write(ctx, store.Fast, func(tx *store.Tx) error { return tx.DropPending(u.id) })
}

// waitingBelow returns what waits below a folder that a target is, or was.
func (t *Tree) waitingBelow(tg *target) []*upload {
	var out []*upload
	if tg.info.Kind != KindFolder {
		return nil
	}
	for _, path := range tg.paths() {
		for _, u := range t.pending.below(path) {
			if u.vol == tg.vol && u.real != path && !u.busy() && !slices.Contains(out, u) {
				out = append(out, u)
			}
		}
	}
	return out
}

// loseWaiting discards what waited in a folder that was removed.
func (t *Tree) loseWaiting(tg *target) {
	for _, u := range t.waitingBelow(tg) {
		t.drop(u)
	}
}

// takeWaiting lets what waits in a folder that was renamed follow it to its new tree path. Its row in
// the store has followed with the record of the rename.
func (t *Tree) takeWaiting(tg *target, to string) {
	for _, u := range t.waitingBelow(tg) {
		from := tg.real
		if !access.Within(from, u.real) {
			from = tg.path
		}
		u.follow(joinRel(to, under(from, u.real)))
	}
}

// follow puts another upload, for the new place, in the stead of one that waits.
func (u *upload) follow(path string) {
	u.io.Lock()
	defer u.io.Unlock()
	if u.gone || u.stage != nil {
		return
	}
	u.gone = true
	u.mu.Lock()
	next := &upload{
		tree: u.tree, vol: u.vol, id: u.id, path: path, real: path, rel: under(u.vol.Path, path), by: u.by, waits: u.waits, known: u.known,
		begun: u.begun, o: u.o, old: u.old, based: u.based, foreign: u.foreign, have: u.have, size: u.size, digest: newDigest(),
		modTime: u.modTime, placed: true, kept: u.kept, origin: u.origin,
	}
	u.mu.Unlock()
	u.tree.pending.remove(u)
	u.tree.pending.add(next)
}
