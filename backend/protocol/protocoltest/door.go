// Package protocoltest is the suite that every door passes: about 25 cases of what people rely on,
// whatever protocol they speak, asked through a foreign client of that protocol.
//
// A door supplies Start, which opens it over a House, and clients made of somebody else's program or
// library. What a protocol cannot say at all it leaves out by not implementing one of the small
// interfaces; nothing is skipped that it can say. The suite looks at the disk, the events and the
// core besides what the client saw, so that a door cannot pass by being consistent with itself.
//
// It is for tests only and knows no door.
package protocoltest

import (
	"errors"
	"io"
	"io/fs"
	"testing"
	"time"
)

// Door is one protocol under test.
type Door struct {
	Name string // for the names of the tests
	// Label is what the door writes into Origin.Door and events.
	Label string
	// Start opens the door over h, on loopback, until the test ends.
	Start func(t *testing.T, h *House) Server
}

// Server is an open door.
type Server interface {
	// Client speaks as one of the house's people; "" is a guest.
	Client(t *testing.T, who string) Client
}

// Client is what every protocol can say. Names are absolute paths of the tree ("/files/a b.txt") and
// are to be sent so that they arrive exactly. Errors are those below where the protocol can tell
// them apart, else ErrRefused. A Client is used by one goroutine at a time.
type Client interface {
	Get(name string) (io.ReadCloser, error) // the content as it comes
	Put(name string, content []byte) error  // make or replace
}

// What a client may also be able to say.
type (
	// Arranger looks at folders and changes them. Protocols for people all can.
	Arranger interface {
		List(folder string) ([]string, error) // names, folders with a slash at the end, in any order
		Mkdir(name string) error
		Remove(name string) error // a file, or a folder with everything in it
		Rename(from, to string) error
	}
	// Ranger reads a piece.
	Ranger interface {
		GetRange(name string, off, n int64) ([]byte, error)
	}
	// Cutter begins to send all of content as far as the server is told, and vanishes after the
	// first sent bytes: as a killed program does, not as one that says goodbye.
	Cutter interface {
		PutCut(name string, content []byte, sent int) error
	}
	// Resumer sends in two goes, the first of which breaks off after the first bytes.
	Resumer interface {
		PutResumed(name string, content []byte, first int) error
	}
	// Patcher changes a piece of a file that is there.
	Patcher interface {
		Patch(name string, off int64, piece []byte) error
	}
	// Copier copies on the server.
	Copier interface{ Copy(from, to string) error }
	// Timer keeps times.
	Timer interface {
		PutTimed(name string, content []byte, at time.Time) error
		Time(name string) (time.Time, error)
	}
	// Prober sends a path exactly as it is, however broken, and returns what content came back.
	Prober interface{ Probe(path string) string }
	// OneByOne says that the protocol takes a folder away name by name only: whoever does it has to see
	// what is in it, and each name is a change of its own.
	OneByOne interface{ OneByOne() }
	// LooksFirst says that the client finds out what a name is before it removes it: who may not see it
	// cannot.
	LooksFirst interface{ LooksFirst() }
	// KeepsBoth says what the protocol does when somebody who may only add sends to a taken name:
	// both are kept and that is a success. Without it, it is a refusal.
	KeepsBoth interface{ KeepsBoth() }
)

// Errors of clients, besides fs.ErrNotExist, fs.ErrExist and fs.ErrPermission.
var (
	ErrFull    = errors.New("no room")            // quota, disk
	ErrLocked  = errors.New("locked")             //
	ErrRefused = errors.New("refused")            // any other refusal that came in order
	ErrCut     = errors.New("cut before the end") // the connection broke off
)

// denied reports a refusal for lack of right: as such, or hidden as a missing name.
func denied(err error) bool {
	return errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrRefused)
}

// kase is one case of the suite.
type kase struct {
	name string
	run  func(t *testing.T, d Door)
}

// Run puts one door through the suite.
func Run(t *testing.T, d Door) {
	for _, c := range cases() {
		t.Run(c.name, func(t *testing.T) { c.run(t, d) })
	}
}

// cases is the one list.
func cases() []kase {
	return []kase{
		{"round trip", roundTrip},
		{"hard names", hardNames},
		{"deep folders", deepFolders},
		{"overwrite is atomic", overwriteIsAtomic},
		{"cut upload leaves nothing", cutLeavesNothing},
		{"cut upload leaves the old", cutLeavesOld},
		{"resumed upload", resumed},
		{"ranges", ranges},
		{"times", times},
		{"list ten thousand", listMany},
		{"list what is there", listTree},
		{"rename", rename},
		{"remove", remove},
		{"copy", duplicate},
		{"missing", missing},
		{"path escapes", pathEscapes},
		{"link escapes", linkEscapes},
		{"every verb with every grant", everyVerbEveryGrant},
		{"pieces with every grant", piecesEveryGrant},
		{"may only add", mayOnlyAdd},
		{"quota in mid-stream", quotaInMidStream},
		{"locked", locked},
		{"one event for each change", oneEventEach},
		{"two writers on one name", twoWriters},
		{"written beside the door", writtenBeside},
		{"stop button", stopButton},
		{"revoked in the middle", revokedInTheMiddle},
		{"nothing stays open", nothingStaysOpen},
	}
}

// Cross writes through each door and reads back through each.
func Cross(t *testing.T, doors ...Door) {
	h := NewHouse(t)
	clients := make([]Client, len(doors))
	for i, d := range doors {
		clients[i] = d.Start(t, h).Client(t, Alice)
	}
	for i, w := range doors {
		name, content := "/files/from "+w.Name, pattern(300_000+i)
		must(t, clients[i].Put(name, content))
		for j, r := range doors {
			t.Run(w.Name+" to "+r.Name, func(t *testing.T) { reads(t, clients[j], name, content) })
		}
	}
}
