package localdisk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"portico/backend/vfs/driver"
)

// Options for Open.
type Options struct {
	Root     string // the served folder
	Instance string // names this installation in the hidden place: letters, digits, "-", "_", at most 64
	// LinkRoots are folders outside Root whose plain files may be read through symbolic links (a
	// git-annex object store). They are never listed and never written.
	LinkRoots []string
	// Hide are folders that must exist and that nobody may see, wherever below Root they lie: our own
	// data folder. Neither they nor a folder around them can be moved.
	Hide []string
	// Apart are such folders outside of Root, which only a mount can show below it. Of both kinds the
	// files are hidden, too, where hard links lead to them.
	Apart []string
	Log   *slog.Logger

	// VolumeID is what Disk.VolumeID said when this volume was first used. When set, a folder
	// without that id is an absent volume. When empty, whatever is at Root now is the volume.
	VolumeID string
	// ReadOnly: nothing is made on the disk, not even the hidden place.
	ReadOnly bool
	// State is a file in the data folder that remembers where stages were left beside their targets
	// because the volume's top could not be written. Empty: they are forgotten at the end.
	State string
	// IdleClose is after which time without a call the folder is let go, so that its disk can be
	// ejected. 0: five seconds.
	IdleClose time.Duration
	// Portable reaches files through os.Root even where openat2 works.
	Portable bool
}

// Disk is one volume in a folder. It implements driver.Driver.
type Disk struct {
	opts   Options
	log    *slog.Logger
	umask  fs.FileMode
	opener func(path string) (dir, error)
	hidden hiddenSet
	secret secrets
	priv   guarded
	notes  notes
	fresh  unsynced

	// naming serialises the few publications that a file system cannot decide by itself.
	naming sync.Mutex

	mu     sync.Mutex // guards what follows
	cur    *anchor
	self   meta   // of the root, when it was last known to be ours
	id     string // volume id, "" unknown
	folds  bool   // the disk takes "A" and "a" for one name
	turns  map[storage]*sync.Mutex
	closed bool
	timer  *time.Timer
	used   time.Time
}

var _ driver.Driver = (*Disk)(nil)

// Open serves the folder o.Root. It fails when the folder does not exist, except when o.VolumeID says
// that it did once: then the volume is absent until it comes back.
func Open(ctx context.Context, o Options) (*Disk, error) {
	if !validID(o.Instance, 64) {
		return nil, fmt.Errorf("localdisk: instance %q: %w", o.Instance, driver.ErrName)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.IdleClose <= 0 {
		o.IdleClose = 5 * time.Second
	}
	var err error
	if o.Root, err = filepath.Abs(o.Root); err != nil {
		return nil, err
	}
	roots := make([]string, 0, len(o.LinkRoots))
	for _, r := range o.LinkRoots {
		if r, err = filepath.Abs(r); err != nil {
			return nil, err
		}
		roots = append(roots, r)
	}
	o.LinkRoots = roots
	d := &Disk{opts: o, log: o.Log, umask: umask(), opener: opener(o.Portable), id: o.VolumeID}
	d.notes.file = o.State
	if d.secret, err = secretsAt(o.Hide); err != nil {
		return nil, fmt.Errorf("localdisk: %w", err)
	}
	if d.priv.folders, err = secretsAt(append(o.Hide[:len(o.Hide):len(o.Hide)], o.Apart...)); err != nil {
		return nil, fmt.Errorf("localdisk: %w", err)
	}
	d.priv.mounts(d.opener)

	a, err := d.acquire()
	switch {
	case err == nil:
		defer d.release(a)
		d.settle(a)
	case o.VolumeID != "" && errors.Is(err, driver.ErrAbsent):
		d.log.Warn("volume is not connected", "root", o.Root)
	default:
		return nil, fmt.Errorf("localdisk: %w", err)
	}
	return d, nil
}

// Caps says what the disk can do, as far as its kind tells.
func (d *Disk) Caps() driver.Caps {
	d.mu.Lock()
	folds := d.folds
	d.mu.Unlock()
	return driver.Caps{
		LocalSpool: true, AtomicReplace: true, NoReplace: true, RenameTree: true, Clone: runtime.GOOS == "linux",
		RandomWrite: true, AppendInPlace: true, Links: true,
		CaseFold: folds, ReservedNames: runtime.GOOS == "windows",
	}
}

// VolumeID is the id that was found or made at the top of the volume; "" when there is none, because
// nothing has been staged on it yet or it cannot be written.
func (d *Disk) VolumeID() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.id
}

// OwnMount reports whether a disk of its own is mounted at the folder.
func (d *Disk) OwnMount() bool { return mountBegins(d.opts.Root) }

// Check reports driver.ErrAbsent when the folder is not the one that was opened.
func (d *Disk) Check(ctx context.Context) error {
	return fault("check", ".", d.look())
}

// Usage returns what an ordinary user may still store, and the size of the disk.
func (d *Disk) Usage(ctx context.Context) (free, total int64, err error) {
	a, err := d.acquire()
	if err != nil {
		return 0, 0, fault("usage", ".", err)
	}
	defer d.release(a)
	return (&folder{d: d, dir: a.root, real: "."}).Usage(ctx)
}

// CloseIdle lets go of the folder at once if nothing is under way, so that its disk can be ejected.
func (d *Disk) CloseIdle() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.cur != nil && d.cur.refs == 0 {
		d.retire()
	}
}

// Close lets go of everything. Objects, folders and stages that were given out keep working until
// they are closed themselves.
func (d *Disk) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return fs.ErrClosed
	}
	d.closed = true
	if d.timer != nil {
		d.timer.Stop()
	}
	d.retire()
	return nil
}

// realRoot is where the folder is once the links on the way to it are followed.
func realRoot(d dir, asked string) string {
	if p, ok := d.path(); ok {
		return p
	}
	if p, err := filepath.EvalSymlinks(asked); err == nil {
		return p
	}
	return asked
}

func statPath(path string) (meta, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return meta{}, err
	}
	return metaOf(fi), nil
}
