package vfs

import "time"

// Base says what a new Writer starts with.
type Base uint8

const (
	Empty    Base = iota // nothing
	Existing             // the present content, to be edited (FTP REST, SFTP update, Content-Range PUT)
	Append               // the present content, writing only at its end
)

// OnExist says what Commit does when the name is taken at that moment.
type OnExist uint8

const (
	Replace  OnExist = iota // needs Write and Delete, or that the name is recently one's own
	KeepBoth                // the new content gets a free name beside it: "cat (2).jpg"
	Refuse                  // fs.ErrExist
	// ReplaceOrKeepBoth replaces where the identity may replace and keeps both where it may only
	// add: what PUT means (design.md section 4).
	ReplaceOrKeepBoth
)

// CreateOptions for Session.Create. The zero value makes or replaces a file.
type CreateOptions struct {
	Base    Base
	OnExist OnExist
	Parents bool // make missing folders on the way, if the identity may

	IfMatch string // Version that must still be current when Commit comes; "*": the name must exist
	IfNone  bool   // the name must not exist: now, and still when Commit comes (ErrPrecondition)

	Size    int64     // bytes that will come, -1 unknown. Known: refused early when they cannot fit; Commit insists on it.
	ModTime time.Time // zero: the time of commit
	SHA256  string    // lower-case hex, "" unknown: Commit insists on it
	Resume  bool      // keep what arrived when the session ends without Commit (else it is aborted)
}

// Result is what Commit made.
type Result struct {
	Entry            // as it is now visible; its Name may differ from the asked one (KeepBoth)
	Created   bool   // a new name; false: content was replaced
	Unchanged bool   // identical content was there already: nothing was written
	SHA256    string // lower-case hex
	CRC32     uint32
	Event     int64 // id of the event that tells of it
}
