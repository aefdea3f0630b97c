package wsd

import (
	"crypto/rand"
	"encoding/xml"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"portico/backend/discovery/group"
)

// Namespaces.
const (
	nsSOAP      = "http://www.w3.org/2003/05/soap-envelope"
	nsAddress   = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
	nsDiscovery = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
	nsProfile   = "http://schemas.xmlsoap.org/ws/2006/02/devprof"
	nsTransfer  = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
	nsMetadata  = "http://schemas.xmlsoap.org/ws/2004/09/mex"
	nsWindows   = "http://schemas.microsoft.com/windows/pub/2005/07"
	nsPlug      = "http://schemas.microsoft.com/windows/pnpx/2005/10"
)

const (
	everybody = "urn:schemas-xmlsoap-org:ws:2005:04:discovery"
	asker     = nsAddress + "/role/anonymous"
	seenMost  = 32 // questions that are remembered: most are sent several times
)

// Speech is WS-Discovery. Its zero value is not ready: New makes one.
type Speech struct {
	began    int64
	sequence string
	number   atomic.Uint64

	mu   sync.Mutex
	seen []string
}

var _ group.Speech = (*Speech)(nil)

// New begins a sequence of messages.
func New() *Speech { return &Speech{began: time.Now().Unix(), sequence: newID()} }

// Groups are those of WS-Discovery.
func (*Speech) Groups() []netip.AddrPort {
	return []netip.AddrPort{netip.MustParseAddrPort("239.255.255.250:3702"), netip.MustParseAddrPort("[ff02::c]:3702")}
}

// Port is beside the usual 5357: other programs that tell of this computer's Samba insist on that.
func (*Speech) Port() int { return 5358 }

// Every is 0: whoever comes later asks.
func (*Speech) Every() time.Duration { return 0 }

// Worth: there must be something to open.
func (*Speech) Worth(self *group.Self) bool { return self.Web != "" || self.Computer }

// Alive is a Hello.
func (s *Speech) Alive(self *group.Self) [][]byte {
	return [][]byte{s.message(everybody, nsDiscovery+"/Hello", "", "<d:Hello>"+about(self)+"</d:Hello>")}
}

// Gone is a Bye.
func (s *Speech) Gone(self *group.Self) [][]byte {
	return [][]byte{s.message(everybody, nsDiscovery+"/Bye", "", "<d:Bye>"+reference(self)+"</d:Bye>")}
}

// Answer answers Probe and Resolve.
func (s *Speech) Answer(self *group.Self, packet []byte) (answers [][]byte, sought bool) {
	q, ok := read(packet)
	if !ok {
		return nil, false
	}
	what := ""
	switch {
	case q.action == nsDiscovery+"/Probe" && q.matches(self):
		what = "Probe"
	case q.action == nsDiscovery+"/Resolve" && q.target == address(self):
		what = "Resolve"
	default:
		return nil, false
	}
	if s.again(self.Page + " " + q.id) { // somebody may ask on several networks
		return nil, false
	}
	body := "<d:" + what + "Matches><d:" + what + "Match>" + about(self) + "</d:" + what + "Match></d:" + what + "Matches>"
	return [][]byte{s.message(asker, nsDiscovery+"/"+what+"Matches", q.id, body)}, true
}

// matches reports whether this computer is all of what a Probe looks for.
func (q *question) matches(self *group.Self) bool {
	if q.scopes {
		return false // it is in none
	}
	return !slices.ContainsFunc(q.types, func(name xml.Name) bool {
		return name != xml.Name{Space: nsProfile, Local: "Device"} && (!self.Computer || name != xml.Name{Space: nsWindows, Local: "Computer"})
	})
}

// again reports whether a question came before.
func (s *Speech) again(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.seen, id) {
		return true
	}
	if s.seen = append(s.seen, id); len(s.seen) > seenMost {
		s.seen = slices.Delete(s.seen, 0, 1)
	}
	return false
}

// newID is a random UUID (RFC 9562, 5.4).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
