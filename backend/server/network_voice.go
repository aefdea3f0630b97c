package server

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"portico/backend/discovery"
	"portico/backend/discovery/group"
	"portico/backend/discovery/ssdp"
	"portico/backend/discovery/wsd"
)

// voice tells networks of this computer in one kind of announcement besides multicast DNS.
type voice struct {
	kind string
	*group.Voice
}

// newVoices is the one list of them.
func (s *Server) newVoices() []voice {
	made := func(kind string, speech group.Speech) voice {
		return voice{kind, group.New(speech, s.o.Log.With("room", kind), s.places.touch)}
	}
	return []voice{made("ssdp", ssdp.Speech{}), made("wsd", wsd.New())}
}

// selves are what this computer is on the networks that shall be told of it, the best first.
func (s *Server) selves(kind string) (out []group.Self) {
	told := s.told(kind)
	list, _ := s.addrs.ranked()
	host, _, _ := strings.Cut(s.addrs.host, ".")
	for _, a := range list {
		there := slices.ContainsFunc(told, func(p place) bool { return p.has(a.Interface) })
		if !there || !a.Addr.Is4() || slices.ContainsFunc(out, func(o group.Self) bool { return o.Interface == a.Interface }) {
			continue
		}
		self := group.Self{Name: discovery.CleanName(s.name()), Host: host, ID: deviceID(s.instance), Interface: a.Interface, Addr: a.Addr}
		if web := s.doorAt(s.gate("http"), a); web != "" {
			self.Web = web + "/"
		}
		self.Computer = strings.HasSuffix(s.doorAt(s.gate("smb"), a), ":445") // Explorer knows no other port
		out = append(out, self)
	}
	return out
}

// deviceID is the name of this installation among devices: a UUID that says nothing else of it.
func deviceID(instance string) string {
	b := sha256.Sum256([]byte("device " + instance))
	b[6], b[8] = b[6]&0x0f|0x80, b[8]&0x3f|0x80 // RFC 9562, 5.8
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
