package vfs

import (
	"context"
	"io"
	"iter"
	"log/slog"
	"time"

	"portico/backend/access"
	"portico/backend/store"
	"portico/backend/vfs/driver"
)

// The exported surface, so that colleagues compile while the verbs are being built; each of these
// moves to the file named after its verb.

// Config of a Tree.
type Config struct {
	Store  *store.Store
	Log    *slog.Logger
	Guards []Guard
	Now    func() time.Time
}

// Volume is one served folder and how it is kept.
type Volume struct {
	Name        string // unique; keys the store's rows, so it stays when the path changes
	Path        string // canonical tree path where it is mounted
	Driver      driver.Driver
	Durability  store.Durability
	ReadOnly    bool
	Versions    bool  // keep what is replaced
	Trash       bool  // keep what is removed
	HideRefused bool  // refusals look like fs.ErrNotExist
	FloorBytes  int64 // keep at least that much free
}

// VolumeStatus is what Volumes reports.
type VolumeStatus struct {
	Name, Path  string
	Absent      bool
	ReadOnly    bool
	Why         string // why it is absent or read-only, in words
	Free, Total int64  // bytes; Total 0: unknown
}

// Transfer is one open File or Writer.
type Transfer struct {
	ID       string
	Verb     Verb // VerbOpen or VerbCreate
	Path     string
	Identity access.Identity
	Origin   Origin
	Done     int64
	Total    int64 // -1 unknown
	Since    time.Time
}

// Removed is what Remove took away.
type Removed struct {
	Files, Folders, Bytes int64
	Trash                 string // id for Restore; "" where the volume keeps no trash
}

// LockRequest for Session.Lock.
type LockRequest struct {
	Shared  bool          // others may hold a shared lock too
	Subtree bool          // the folder and everything below it
	Timeout time.Duration // 0: the longest allowed
	Owner   string        // free text of the client, given back in Locks
	Token   string        // refresh this lock instead of taking a new one
}

// Lock is one held lock.
type Lock struct {
	Token   string
	Path    string // in this session's tree
	Shared  bool
	Subtree bool
	Owner   string
	By      string // the identity's name
	Mine    bool
	Until   time.Time
}

type Tree struct{}

func New(c Config) (*Tree, error)                                { return nil, ErrClosed }
func (t *Tree) Mount(ctx context.Context, v Volume) error        { return ErrClosed }
func (t *Tree) Unmount(ctx context.Context, path string) error   { return ErrClosed }
func (t *Tree) Volumes() []VolumeStatus                          { return nil }
func (t *Tree) SetPolicy(p *access.Policy)                       {}
func (t *Tree) Transfers() []Transfer                            { return nil }
func (t *Tree) Stop(transfer string) bool                        { return false }
func (t *Tree) EndSessions(match func(access.Identity) bool) int { return 0 } // a share ended, an account was disabled
func (t *Tree) Close() error                                     { return nil }
func (t *Tree) Session(ctx context.Context, id access.Identity, o Origin) *Session {
	return nil
}

type Session struct{}

func (s *Session) Stat(name string) (Entry, error)                      { return Entry{}, ErrClosed }
func (s *Session) List(name string) ([]Entry, error)                    { return nil, ErrClosed }
func (s *Session) Walk(name string) iter.Seq2[Entry, error]             { return nil }
func (s *Session) Open(name string) (*File, error)                      { return nil, ErrClosed }
func (s *Session) Create(name string, o CreateOptions) (*Writer, error) { return nil, ErrClosed }
func (s *Session) Resume(id string) (*Writer, error)                    { return nil, ErrClosed }
func (s *Session) Mkdir(name string, parents bool) (Entry, error)       { return Entry{}, ErrClosed }
func (s *Session) Remove(name string) (Removed, error)                  { return Removed{}, ErrClosed }
func (s *Session) Rename(from, to string, e OnExist) (Entry, error)     { return Entry{}, ErrClosed }
func (s *Session) Copy(from, to string, e OnExist) (Entry, error)       { return Entry{}, ErrClosed }
func (s *Session) SetTimes(name string, mtime time.Time) error          { return ErrClosed }
func (s *Session) Lock(name string, r LockRequest) (Lock, error)        { return Lock{}, ErrClosed }
func (s *Session) Unlock(token string) error                            { return ErrClosed }
func (s *Session) Locks(name string) ([]Lock, error)                    { return nil, ErrClosed }
func (s *Session) ShowTokens(tokens ...string)                          {} // lock tokens that the client showed
func (s *Session) Record(name string) (Record, error)                   { return Record{}, ErrClosed }
func (s *Session) Usage(name string) (free, total int64, err error)     { return 0, 0, ErrClosed }
func (s *Session) Restore(trash string, e OnExist) (Entry, error)       { return Entry{}, ErrClosed }
func (s *Session) Identity() access.Identity                            { return access.Identity{} }
func (s *Session) Origin() Origin                                       { return Origin{} }
func (s *Session) Close()                                               {}

// File reads one entry.
type File struct{}

func (f *File) Entry() Entry                                    { return Entry{} }
func (f *File) Read(p []byte) (int, error)                      { return 0, io.EOF }
func (f *File) ReadAt(p []byte, off int64) (int, error)         { return 0, io.EOF }
func (f *File) Seek(off int64, whence int) (int64, error)       { return 0, nil }
func (f *File) SendTo(w io.Writer, off, n int64) (int64, error) { return 0, nil }
func (f *File) Close() error                                    { return nil }

// Writer is one pending write.
type Writer struct{}

func (w *Writer) ID() string                               { return "" }
func (w *Writer) Write(p []byte) (int, error)              { return 0, ErrClosed }
func (w *Writer) WriteAt(p []byte, off int64) (int, error) { return 0, ErrClosed }
func (w *Writer) ReadAt(p []byte, off int64) (int, error)  { return 0, ErrClosed }
func (w *Writer) ReadFrom(r io.Reader) (int64, error)      { return 0, ErrClosed }
func (w *Writer) Truncate(size int64) error                { return ErrClosed }
func (w *Writer) Size() int64                              { return 0 }
func (w *Writer) Sync() error                              { return ErrClosed }
func (w *Writer) SetTimes(mtime time.Time) error           { return ErrClosed }
func (w *Writer) Commit() (Result, error)                  { return Result{}, ErrClosed }
func (w *Writer) Keep() error                              { return ErrClosed }
func (w *Writer) Abort() error                             { return ErrClosed }
