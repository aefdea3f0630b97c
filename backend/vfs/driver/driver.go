// Package driver is the seam below vfs: what a storage keeps for one volume. localdisk is the
// first driver; an object store must fit without a change above this line.
//
// A driver is thin and knows no identity, right, quota, lock, event or door: it finds objects,
// stages bytes and makes names appear or go. vfs is its only caller. drivertest is the suite that
// every driver passes.
//
// Names inside a volume are slash-separated and relative; "." is the root. vfs has cleaned them
// (no empty, "." or ".." segment, no NUL), but a driver must still never leave its volume: not by
// "..", not by a symbolic link, not by a special name of the platform.
//
// Errors are fs.ErrNotExist, fs.ErrExist, fs.ErrPermission, or those of this package, wrapped.
// All methods may be called from many goroutines at once, except those of one Stage.
package driver

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"
)

var (
	ErrAbsent   = errors.New("volume absent")           // the medium is gone; an empty mount point is this, not an empty volume
	ErrNoSpace  = errors.New("no space left")           // disk or bucket full
	ErrName     = errors.New("name cannot be stored")   // reserved, too long or unrepresentable here
	ErrBusy     = errors.New("in use")                  // the platform holds it open (Windows)
	ErrNotEmpty = errors.New("folder not empty")        //
	ErrOutside  = errors.New("link leads outside")      // a link whose target is not inside the volume nor an allowed link root
	ErrReadOnly = errors.New("no place to stage")       // the volume cannot be written; Text of the wrapping error says why
	ErrKind     = errors.New("not that kind of object") // a file where a folder is needed, or the reverse
	// ErrOtherStorage: Rename or Publish between folders that share no storage (nested mounts); vfs copies.
	ErrOtherStorage = errors.New("on another storage")
)

// Caps says what a storage can do. vfs asks these, never the driver's name.
type Caps struct {
	LocalSpool    bool // Stage is a local file; Fd works
	AtomicReplace bool // Publish over an existing name is atomic
	NoReplace     bool // Publish and Rename can refuse an existing name atomically
	RenameTree    bool // a folder is renamed in one step
	Clone         bool // StageOptions.From and Copy may share blocks
	RandomWrite   bool // Stage.WriteAt at any offset
	AppendInPlace bool // Folder.OpenAppend works
	CaseFold      bool // "A" and "a" are one name
	ReservedNames bool // Windows' rules: CON, trailing dots, <>:"|?*
	Links         bool // symbolic links exist
}

// Kind of an object.
type Kind uint8

const (
	KindFile Kind = iota
	KindFolder
	KindLink  // a link that is broken, leads outside, or was looked up with NoFollow
	KindOther // device, socket, pipe: shown, never opened
)

// Info is what is known of an object without reading it.
type Info struct {
	Name    string // base name as stored
	Kind    Kind
	Size    int64
	ModTime time.Time
	// Version changes whenever the content may have changed: for a disk a digest of dev, ino, size,
	// mtime (ns) and ctime (ns); for an object store its entity tag. Opaque, ASCII, ≤ 40 bytes.
	Version string
	Linked  bool // reached through at least one symbolic link
}

// Want tells Lookup what the object is wanted for, so that it opens the right handle at once.
type Want uint8

const (
	WantInfo     Want = iota // Info and Real only
	WantRead                 // then Object.Open
	WantDir                  // then Object.Folder; ErrKind when it is not a folder
	WantNoFollow             // Info of the last segment itself, even when it is a link
)

// Driver keeps the files of one volume.
type Driver interface {
	Caps() Caps

	// Check reports ErrAbsent when the medium is not the one that the volume was made on
	// (volume id file and device number). vfs calls it at every reopening.
	Check(ctx context.Context) error

	// Lookup obtains a handle on an existing object. Symbolic links inside the volume and into an
	// allowed link root are followed. A last segment that is a broken link, or one that leads outside,
	// is KindLink with WantInfo (Real is then the link's own name), and with WantRead and WantDir an
	// error: fs.ErrNotExist or ErrOutside. The caller closes the object.
	Lookup(ctx context.Context, name string, want Want) (Object, error)

	// Usage returns free and total bytes where known; total 0 means unknown.
	Usage(ctx context.Context) (free, total int64, err error)

	// OpenStage reopens a kept stage after a restart. fs.ErrNotExist when it is gone, ErrAbsent when
	// it may lie on a part of the volume that is not connected, ErrBusy when it is open already.
	OpenStage(ctx context.Context, id string) (Stage, error)

	// Stages yields the ids of all stages that this instance left behind and that nobody has open,
	// for recovery and sweeping.
	Stages(ctx context.Context) iter.Seq2[string, error]

	// SyncAll makes everything that was published so far survive power loss (syncfs). It is shared
	// by all commits that wait at that moment.
	SyncAll(ctx context.Context) error

	Close() error
}

// Container is implemented by drivers in whose volume the root of another one may lie.
type Container interface {
	// Holds returns the canonical names inside this volume at which the root of the other one lies, or
	// would lie if it were there.
	Holds(other Driver) []string
}

// Object is a handle on one existing thing: what was judged is what is used.
type Object interface {
	Info() Info

	// Real is the object's canonical name inside the volume: links resolved, case and Unicode form
	// as stored. For an object in an allowed link root outside the tree it is "" and outside is true.
	Real() (name string, outside bool)

	Open() (File, error)     // WantRead: the content. May be called once.
	Folder() (Folder, error) // WantDir. May be called once; closing the Object does not close it.
	Close() error
}

// File reads the content that the object had when it was looked up. On a disk it is *os.File
// itself or embeds it, so that sendfile sees a descriptor.
type File interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// Folder is a handle on one folder. Names given to it are single segments.
type Folder interface {
	// Entries yields the folder in storage order, each entry with full Info (a link: of its target
	// where that is inside, else KindLink). Names of staging places never appear. An entry that
	// cannot be looked at comes with its name and an error, and the listing goes on; an error
	// without a name ends it.
	Entries(ctx context.Context) iter.Seq2[Info, error]

	// Names yields names and kinds only: what archives, deletes and trees need. Links are KindLink,
	// whatever they lead to.
	Names(ctx context.Context) iter.Seq2[Info, error]

	Lookup(ctx context.Context, base string, want Want) (Object, error)

	Mkdir(ctx context.Context, base string) error // fs.ErrExist when the name is taken

	// Remove takes one name away: a file, a link itself, or an empty folder (else ErrNotEmpty).
	Remove(ctx context.Context, base string) error

	// Rename moves base into another folder of the same driver. noReplace: fs.ErrExist when the
	// target is taken. A file or link is replaced by a file or link, an empty folder by a folder.
	// Without RenameTree it refuses folders with ErrKind, between storages it refuses everything
	// with ErrOtherStorage; vfs then copies.
	Rename(ctx context.Context, base string, to Folder, toBase string, noReplace bool) error

	SetTimes(ctx context.Context, base string, modTime time.Time) error

	// Stage opens an invisible place for new content that can later be published into this folder
	// without a copy. ErrReadOnly when no such place can be made.
	Stage(ctx context.Context, o StageOptions) (Stage, error)

	// OpenAppend opens an existing file for appending in place (Caps.AppendInPlace). Readers that
	// are open stay bounded by the size they saw. ErrKind for what must not be changed in place (a
	// link, a file with several hard links): vfs then stages a copy.
	OpenAppend(ctx context.Context, base string) (Appender, error)

	// Attic opens the hidden folder of that kind ("trash", "versions") which lies on the same
	// storage as this folder, making it when needed, so that moving there never copies.
	Attic(ctx context.Context, kind string) (Folder, error)

	// Sync makes names that were published or removed in this folder survive power loss.
	Sync(ctx context.Context) error

	Close() error
}

// StageOptions for Folder.Stage.
type StageOptions struct {
	ID   string // unique; vfs chooses it: letters, digits, "-" and "_", at most 128; taken: fs.ErrExist
	Size int64  // expected size in bytes, -1 unknown: preallocated where that is cheap; ErrNoSpace early
	From Object // start with this object's content (cloned where possible), looked up with WantRead
	// Like is what the content is a copy of, perhaps of another driver: under a new name nobody of the
	// system may do more with it than with that, as far as the storage knows. From says so as well.
	Like Object
}

// Stage is one pending content. Nobody but vfs can reach it.
type Stage interface {
	ID() string
	io.WriterAt
	io.ReaderAt
	Truncate(size int64) error
	Size() (int64, error)
	Sync(ctx context.Context) error // content survives power loss
	SetTimes(modTime time.Time) error

	// SaveJournal keeps a small self-describing record beside the content, replacing the last one
	// atomically; Journal reads it back (also after a crash). After power loss it is the last one
	// that was saved with sync, or a later one, whole in either case. fs.ErrNotExist: none.
	SaveJournal(data []byte, sync bool) error
	Journal() ([]byte, error)

	// Publish makes the content appear as base in dir, which is the folder it was staged for or a
	// folder on the same storage. It returns the Info of what is now visible under that name. The
	// stage is spent when it succeeds; when it fails nothing changed and the stage lives on.
	Publish(ctx context.Context, dir Folder, base string, o PublishOptions) (Info, error)

	Discard() error // content and journal are removed
	Close() error   // content and journal are kept for OpenStage
}

// PublishOptions for Stage.Publish.
type PublishOptions struct {
	NoReplace bool // fs.ErrExist when the name is taken, decided atomically where Caps.NoReplace
	// KeepIn, when set, is an attic folder: what is replaced is linked there as KeepAs before the
	// name changes its content, so that the name never vanishes.
	KeepIn Folder
	KeepAs string
}

// Appender adds bytes to the end of a visible file.
type Appender interface {
	io.Writer
	OldSize() int64 // size when it was opened
	Sync(ctx context.Context) error
	Rollback() error // cut back to OldSize
	Close() error
	Info() (Info, error)
}
