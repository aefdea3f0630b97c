package group

import (
	"net/http"
	"net/netip"
	"time"
)

// Self is this computer on one network, as it is told there.
type Self struct {
	Name string // as people read it
	Host string // as the system calls it, without domain
	ID   string // a UUID, the same for ever: "7c9e6679-f3a1-b2c4-8d5e-0123456789ab"

	Interface string
	Addr      netip.Addr // of this computer there
	Web       string     // where a browser opens it there: "http://192.168.1.20:3923/"; "": nowhere
	Computer  bool       // Explorer opens it by its name, because its SMB door is at port 445

	// Set by the Voice.
	Page  string    // where its description is: "http://192.168.1.20:5358"
	Since time.Time // when that was wished
}

// Speech is one protocol. Its methods may be called from many goroutines.
type Speech interface {
	// Groups are where it is spoken, of IPv4 and IPv6 one each.
	Groups() []netip.AddrPort
	// Port is the TCP port where its descriptions should be; another one is taken where that is in use.
	Port() int
	// Every is the time between two Alive; 0: it is said at the beginning only.
	Every() time.Duration
	// Worth reports whether there is anything to tell.
	Worth(*Self) bool
	// Alive are the packets to the group that tell of this computer, Gone those that take it back.
	Alive(*Self) [][]byte
	Gone(*Self) [][]byte
	// Answer are the packets to somebody who sent a packet to the group. sought: it looked for something
	// that this computer is. The packet is whatever anybody sent.
	Answer(self *Self, packet []byte) (answers [][]byte, sought bool)
	// Describe serves the description. The request's body is bounded.
	Describe(self *Self, w http.ResponseWriter, r *http.Request)
}
