package vfs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/access"
	"portico/backend/event"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// Volume is one served folder and how it is kept.
type Volume struct {
	Name        string // unique; keys the store's rows, so it stays when the path changes
	Path        string // canonical tree path where it is mounted
	Driver      driver.Driver
	Durability  store.Durability
	ReadOnly    bool
	Versions    bool  // keep what is replaced
	Trash       bool  // keep what is removed
	HideRefused bool  // what may not be read looks as if it did not exist
	FloorBytes  int64 // refuse writes that would leave less than this free; SetFloor changes it
}

// VolumeStatus is what Volumes reports.
type VolumeStatus struct {
	Name, Path  string
	Absent      bool
	ReadOnly    bool
	Free, Total int64 // bytes; Total 0: unknown
}

// volume is a mounted Volume. The tree owns its driver.
type volume struct {
	Volume
	caps driver.Caps

	// shape is held shared while a file is published and exclusively while folders change their
	// place, so that a record never names a place that its file has left.
	shape sync.RWMutex
	sync  syncer

	floor     atomic.Int64 // FloorBytes, as it is now
	checked   atomic.Int64 // when the medium was last seen, ns since 1970
	absent    atomic.Bool
	recovered atomic.Bool
	recover   sync.Mutex
	room      roomCache
	making    sync.Mutex // held by who makes room
	doubts    doubts
}

// checkEvery is how long a medium that was just seen is trusted to be there.
const checkEvery = int64(time.Second)

// mounts is the immutable table of volumes.
type mounts struct {
	at map[string]*volume
}

// find returns the deepest volume at or above a canonical path.
func (m *mounts) find(path string) (v *volume, rel string) {
	for at := path; ; at = access.Parent(at) {
		if v := m.at[at]; v != nil {
			return v, under(at, path)
		}
		if at == "/" {
			return nil, ""
		}
	}
}

// below returns the mount points strictly below path, sorted.
func (m *mounts) below(path string) []string {
	var out []string
	for at := range m.at {
		if at != path && access.Within(path, at) {
			out = append(out, at)
		}
	}
	slices.Sort(out)
	return out
}

// served returns where a volume is mounted whose own root lies at or below path in another volume, ""
// when there is none: the same folder has two places in the tree then.
func (m *mounts) served(path string) string {
	v, _ := m.find(path)
	if v == nil {
		return ""
	}
	in, ok := v.Driver.(driver.Container)
	if !ok {
		return ""
	}
	for _, other := range m.at {
		if other == v {
			continue
		}
		for _, name := range in.Holds(other.Driver) {
			if access.Within(path, joinRel(v.Path, name)) {
				return other.Path
			}
		}
	}
	return ""
}

func (m *mounts) all() []*volume {
	out := make([]*volume, 0, len(m.at))
	for _, v := range m.at {
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b *volume) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// Mount adds a volume, finishes what a crash cut there and sweeps what nobody will resume. The tree
// closes the driver with Unmount or Close. A volume whose medium is absent is mounted all the same:
// it is recovered when the medium comes.
func (t *Tree) Mount(ctx context.Context, v Volume) error {
	at, err := clean(v.Path)
	if err != nil || at != v.Path || v.Name == "" {
		return fmt.Errorf("mount %q at %q: %w", v.Name, v.Path, ErrName)
	}
	vol := &volume{Volume: v, caps: v.Driver.Caps()}
	vol.floor.Store(v.FloorBytes)
	if err := t.addMount(vol); err != nil {
		return fmt.Errorf("mount %q at %q: %w", v.Name, v.Path, err)
	}
	if err := t.ready(ctx, vol); err != nil && !errors.Is(err, ErrAbsent) {
		t.takeMount(vol.Path)
		return fmt.Errorf("mount %q at %q: %w", v.Name, v.Path, err)
	}
	return nil
}

func (t *Tree) addMount(v *volume) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return ErrClosed
	}
	old := t.mounts.Load()
	next := &mounts{at: make(map[string]*volume, len(old.at)+1)}
	for at, o := range old.at {
		if at == v.Path || o.Name == v.Name {
			return fs.ErrExist
		}
		next.at[at] = o
	}
	next.at[v.Path] = v
	t.mounts.Store(next)
	return nil
}

func (t *Tree) takeMount(path string) *volume {
	t.mu.Lock()
	defer t.mu.Unlock()
	old := t.mounts.Load()
	next := &mounts{at: make(map[string]*volume, len(old.at))}
	for at, o := range old.at {
		if at != path {
			next.at[at] = o
		}
	}
	t.mounts.Store(next)
	return old.at[path]
}

// Unmount takes the volume at path away: handles on it end, writes that asked to be kept are kept.
func (t *Tree) Unmount(ctx context.Context, path string) error {
	v := t.takeMount(path)
	if v == nil {
		return fmt.Errorf("unmount %q: %w", path, fs.ErrNotExist)
	}
	for _, s := range t.allSessions() {
		s.endHandles(func(h *handle) bool { return h.vol == v }, ErrAbsent)
	}
	t.pending.dropVolume(v)
	return v.close()
}

// SetFloor changes the floor of the volume at path, if there is one; transfers go on.
func (t *Tree) SetFloor(path string, bytes int64) {
	if v := t.mounts.Load().at[path]; v != nil {
		v.floor.Store(bytes)
	}
}

// Volumes reports the mounted volumes, sorted by path.
func (t *Tree) Volumes() []VolumeStatus {
	var out []VolumeStatus
	for _, v := range t.mounts.Load().all() {
		st := VolumeStatus{Name: v.Name, Path: v.Path, ReadOnly: v.ReadOnly}
		st.Absent = errors.Is(t.ready(t.ctx, v), ErrAbsent)
		if !st.Absent {
			st.Free, st.Total, _ = v.Driver.Usage(t.ctx) // unknown stays 0
		}
		out = append(out, st)
	}
	return out
}

// ready reports ErrAbsent when the medium of a volume is gone; it looks at most once a second. When
// a medium is there for the first time, what a crash cut on it is finished.
func (t *Tree) ready(ctx context.Context, v *volume) error {
	now := t.now().UnixNano()
	if last := v.checked.Load(); v.recovered.Load() && now-last < checkEvery && now >= last {
		return nil
	}
	if err := v.Driver.Check(ctx); err != nil {
		err = translate(err)
		if errors.Is(err, ErrAbsent) && !v.absent.Swap(true) {
			v.checked.Store(0)
			t.tell(event.Event{Kind: event.VolumeAbsent, Path: v.Path, Text: v.Name})
		}
		return err
	}
	if v.absent.Swap(false) {
		t.tell(event.Event{Kind: event.VolumeBack, Path: v.Path, Text: v.Name})
	}
	if err := t.recoverOnce(ctx, v); err != nil {
		return err
	}
	v.checked.Store(now)
	return nil
}

func (v *volume) close() error {
	// Whoever publishes has the shape lock: wait for them.
	v.shape.Lock()
	defer v.shape.Unlock()
	return v.Driver.Close()
}

// durability of everything the store is told about this volume.
func (v *volume) durability() store.Durability { return v.Durability }
