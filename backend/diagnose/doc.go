// Package diagnose finds out why nobody arrives: it looks at the door, the address that the QR code
// shows, the networks, the firewalls, a VPN and the clock, and says in plain words what is in the way,
// what was already done and what to do now (experience: “Never say ‘check your firewall’”).
//
// Look asks a Machine, every probe with its own time; Judge makes findings of what they saw and is
// pure, so that every row of the table of errors is a test. The package opens nothing, runs no program
// and knows nothing of shares but what it is told in a Question.
package diagnose

import (
	"context"
	"net/netip"
	"time"

	"portico/backend/discovery"
)

// Machine is this computer, as probes see it. All methods may be called at once; they return when ctx
// ends, and change nothing but Mend.
type Machine interface {
	// Networks returns the interfaces, with routers that answered (discovery.Meet).
	Networks(ctx context.Context) (discovery.Table, error)
	// Walls returns the firewalls, as they stand to a connection.
	Walls(ctx context.Context, w Way) []Wall
	// Suites names other programs that filter what comes in.
	Suites(ctx context.Context) []string
	// Source returns the address of this computer by which packets to another leave.
	Source(ctx context.Context, to netip.Addr) (netip.Addr, error)
	// Connect opens a connection to an address and closes it.
	Connect(ctx context.Context, to netip.AddrPort) error
	// Online tells how far the network reaches.
	Online(ctx context.Context) Online
	// Clock tells what is known of the clock besides what it shows.
	Clock(ctx context.Context) Clock
	// Mend runs the steps of a fix with the rights that they need; the system may ask the person at this
	// computer first. ErrDeclined, ErrNobody, or what the program said.
	Mend(ctx context.Context, steps []Step) error
	// Mends reports whether Mend could be tried.
	Mends() bool
}

// Way is the connection that others try to make.
type Way struct {
	Port      uint16
	Addr      netip.Addr   // to this address of this computer; zero: to any
	From      netip.Prefix // out of this network; zero: out of any
	Interface string       // it comes in here; "": anywhere
}

// Wall is one firewall of this computer.
type Wall struct {
	Name   string
	Active bool
	Open   bool   // with Active: the connection comes through, as far as it can be seen
	Unsure bool   // it could not be seen: Why says what stood in the way
	Why    string // a part of a sentence
	Public bool   // it treats the network as a public one (Windows)
	Allow  string // the command that lets the connection through, as a person would type it
	Steps  []Step // the same for Mend; nil: only a person can
}

// Step is one program and its arguments.
type Step []string

// Online is how far the network reaches, as the system found by itself.
type Online string

const (
	OnlineUnknown Online = ""
	OnlineFull    Online = "full"
	OnlineLimited Online = "limited" // there is a network, but no internet
	OnlinePortal  Online = "portal"  // a page wants to be seen first (hotels, trains)
	OnlineNone    Online = "none"
)

// Clock is what is known of the clock besides what it shows.
type Clock struct {
	Kept, Known bool      // a time server keeps it right; whether that is known
	Passed      time.Time // a moment that certainly lies in the past; zero: none is known
	Set         string    // the command that sets it; "": none is known
}

// Question is what somebody wants to know.
type Question struct {
	Now   time.Time
	Since time.Time // somebody waits since then
	Share Share     // zero: this computer as a whole
	Door  Door
	URL   string // what the QR code shows
	Fixed bool   // the settings name that address: it leads through something else
	// Visit and Knock are the latest arrivals from other devices; zero: nobody came.
	Visit, Knock Sighting
	Newest       time.Time // of Activity: lies in the past
	Unapproved   string    // the network on which links pause; "": they do not
}

// Sighting is a device that came.
type Sighting struct {
	At           time.Time
	Remote, Name string // Name "": it only connected
}

// Door is the door that visitors should come through.
type Door struct {
	Off     bool // nobody wants it open
	Addrs   []netip.AddrPort
	Problem string    // why it is not open as wanted
	Refused []Refusal // ports that could not be had, in the order in which they were tried
}

// Refusal is a port that could not be had.
type Refusal struct {
	Addr, Holder string
	Forbidden    bool
}

// Share is the share that nobody opens.
type Share struct {
	ID, Title string
	State     string // "open", "paused", "expired", "used up", "gone"
	Why       string // of "gone": what goes after the title
	Absent    string // the disk that is not connected; "": it is there
	Password  bool   // it wants one
	Waits     string // who waits to be let in; "": nobody does
}

// Report is what was found.
type Report struct {
	Findings []Finding // the most probable first
	Tested   []string  // what was looked at, a line each
	Seen     *Sighting // who came last
}

// Finding is one thing that is, or may be, in the way.
type Finding struct {
	Code             string
	Bad              bool // it is; else it may be
	Cause, Did, Next string
	Fix              *Fix
}

// Fix is what mends it.
type Fix struct {
	Title, Command string
	Steps          []Step // nil: only a person can
	Ours           bool   // whoever asked does it without the system's help
}
