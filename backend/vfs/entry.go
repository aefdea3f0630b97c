package vfs

import (
	"time"

	"portico/backend/access"
	"portico/backend/vfs/driver"
)

// Kind of an entry, as drivers say it.
type Kind = driver.Kind

const (
	KindFile   = driver.KindFile
	KindFolder = driver.KindFolder
	KindLink   = driver.KindLink
	KindOther  = driver.KindOther
)

// Entry is a name in the tree, as one identity sees it.
type Entry struct {
	Name    string // last segment; "" for the session's root
	Path    string // absolute path in this session's tree ("/" is its root)
	Spelt   string // Name as the storage has it, where Stat was asked for another spelling of it; else ""
	Kind    Kind
	Size    int64 // bytes; of a folder 0
	ModTime time.Time
	Version string       // opaque; equal versions of one path mean equal bytes. Strong ETags are made of it.
	Linked  bool         // reached through a symbolic link
	Mount   bool         // a volume begins here
	Absent  bool         // … whose medium is not connected
	Pending bool         // the caller's own unfinished write
	Rights  access.Right // what this identity may do here, now
}

// IsFolder reports whether the entry can be listed.
func (e Entry) IsFolder() bool { return e.Kind == KindFolder }

// Record is what the store knows of an entry beyond the disk. Zero fields are unknown.
type Record struct {
	Node    int64  // stable id; kept over renames
	SHA256  string // lower-case hex; only while the content is the one that was hashed
	CRC32   uint32 // IEEE; valid with SHA256
	By      string // who wrote it: name as a person reads it
	Door    string // through which door
	Remote  string // from which address
	Arrived time.Time
}

// Origin says through which door and from where a session speaks.
type Origin struct {
	Door   string // "http", "ftp", "console" …
	Remote string // address without port; "" for this computer's own window and command line
	// Visit tells many visitors with one identity apart (guests, holders of a link): the digest of an
	// unguessable secret that the client shows again. Without one nothing that such a visitor made is
	// the visitor's own afterwards, but for what a lock's token proves (ShowTokens); where it comes from
	// never makes it so, unless there is nothing in it.
	Visit  string
	Client string // what the client calls itself; cleaned and shortened by the session
	Batch  string // groups what was sent together, for Transfers
	// BatchFiles and BatchBytes are how much of that there will be in all, as the client says: for
	// showing only. 0: it does not say.
	BatchFiles, BatchBytes int64

	// Committed: names lead to what is complete, also where the same identity writes at this moment.
	// For doors whose requests stand alone (HTTP): another device of the same person must not be sent
	// half a file. Doors where clients look at what they half sent (FTP, SFTP, SMB) leave it out.
	// Lists still show a new name that is being written, as pending.
	Committed bool
}
