// Package event says what happened: the types of every fact that Portico publishes, the durable
// ordered log of them, and the bus that wakes whoever reacts.
//
// An event is a fact *after* an operation; nobody can veto it (that is what guards are for).
// Events are written by vfs in the same transaction as the change they tell of (store.Tx.Append);
// listeners are cursors over that log, so none is lost when a listener is slow or the program
// restarts. This package knows no door, no SQL and no file.
package event

import "time"

// Kind is the verb of the sentence.
type Kind string

const (
	Created  Kind = "created"  // a file appeared under a new name
	Replaced Kind = "replaced" // a file's content was replaced
	Appended Kind = "appended" // bytes were added to a file in place
	Folder   Kind = "folder"   // a folder was made
	Removed  Kind = "removed"  // a file or a subtree went (to the trash, where there is one)
	Restored Kind = "restored" // it came back
	Renamed  Kind = "renamed"  // From → Path
	Copied   Kind = "copied"   // From → Path
	Read     Kind = "read"     // bytes were sent: summed per identity, batch and minute
	Refused  Kind = "refused"  // something a person should know was turned away
	Failed   Kind = "failed"   // something broke: an upload was cut, a disk filled up

	SignedIn  Kind = "signed-in"
	SignedOut Kind = "signed-out"
	Wrong     Kind = "wrong-secret" // a wrong password, token or link key

	Shared   Kind = "shared"   // a share was made
	Unshared Kind = "unshared" // it ended
	Paused   Kind = "paused"   // a share opens for nobody until it is resumed
	Resumed  Kind = "resumed"  // it opens again
	Opened   Kind = "opened"   // somebody opened a share

	DoorOpened   Kind = "door-opened"
	DoorClosed   Kind = "door-closed"
	VolumeAbsent Kind = "volume-absent"
	VolumeBack   Kind = "volume-back"
	Notice       Kind = "notice" // anything else worth a line: Text says it
)

// CodeOld begins the codes of devices that were turned away because they are too old for this.
const CodeOld = "DOOR-OLD"

// Event is one fact. Zero fields are unknown or do not apply.
type Event struct {
	ID   int64     `json:"id"` // position in the log; ascending, never reused
	Time time.Time `json:"time"`
	Kind Kind      `json:"kind"`

	Path  string `json:"path,omitempty"`  // canonical tree path
	From  string `json:"from,omitempty"`  // of Renamed and Copied
	Node  int64  `json:"node,omitempty"`  // node id, where one exists
	Size  int64  `json:"size,omitempty"`  // bytes of the file, or moved in all
	Count int64  `json:"count,omitempty"` // files told of by a subtree verb or a sum of reads
	Hash  string `json:"hash,omitempty"`  // SHA-256, lower-case hex

	Door     string `json:"door,omitempty"`     // "http", "ftp", "console" …
	Remote   string `json:"remote,omitempty"`   // address without port
	Client   string `json:"client,omitempty"`   // what the client calls itself, shortened and cleaned
	Identity string `json:"identity,omitempty"` // Identity.Kind + ":" + ID
	Name     string `json:"name,omitempty"`     // the identity's name as a person reads it
	Batch    string `json:"batch,omitempty"`    // groups files that were sent or fetched together

	Code string `json:"code,omitempty"` // searchable English code, e.g. "NET-FW-01"
	Text string `json:"text,omitempty"` // free text; a sentence where Kind alone does not make one
}
