package mdns

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

const (
	flush      = dnsmessage.Class(1 << 15) // RFC 6762, 10.2; in questions: answer me alone
	anything   = dnsmessage.Type(255)      // ANY
	inet       = dnsmessage.ClassINET
	hostTTL    = 120  // seconds, of what ends with an address (RFC 6762, 10)
	restTTL    = 4500 // … of the rest
	legacyTTL  = 10   // … for those who are no speakers of multicast DNS
	packetGood = 1400 // bytes that pass every network in one piece
	allTypes   = "_services._dns-sd._udp.local."
)

// names are those that are ours, and what is behind them.
type names struct {
	host     string // "studio-laptop.local.", lower case; "": none are ours
	instance string // "Studio laptop"
	services []Service
}

func (s *Service) kind() string { return s.Type + ".local." }

func (n *names) full(s *Service) string { return n.instance + "." + s.kind() }

// service is the one that has a name, lower case.
func (n *names) service(name string) (Service, bool) {
	for _, s := range n.services {
		if strings.ToLower(n.full(&s)) == name {
			return s, true
		}
	}
	return Service{}, false
}

// have reports whether a name is one that is answered for.
func (n *names) have(name string) bool {
	name = strings.ToLower(name)
	_, instance := n.service(name)
	return n.host != "" && (instance || name == n.host || name == allTypes ||
		slices.ContainsFunc(n.services, func(s Service) bool { return strings.ToLower(s.kind()) == name }))
}

// answers are the records that answer a question at a place, and those that will be asked for next.
func (n *names) answers(q dnsmessage.Question, at *place) (answers, more []dnsmessage.Resource) {
	name := strings.ToLower(q.Name.String())
	wants := func(of dnsmessage.Type) bool { return q.Type == of || q.Type == anything }
	of := func(all []dnsmessage.Resource) []dnsmessage.Resource {
		out := slices.DeleteFunc(slices.Clone(all), func(r dnsmessage.Resource) bool { return !wants(r.Header.Type) })
		if len(out) == 0 && len(all) > 0 {
			return []dnsmessage.Resource{nothingElse(all)}
		}
		return out
	}
	if name == n.host {
		return of(addresses(n.host, at.addresses(), hostTTL)), nil
	}
	for _, s := range n.services {
		if !slices.Contains(s.Interfaces, at.Name) {
			continue
		}
		switch {
		case name == allTypes && wants(dnsmessage.TypePTR):
			answers = append(answers, pointerTo(allTypes, s.kind(), restTTL))
		case name == strings.ToLower(s.kind()) && wants(dnsmessage.TypePTR):
			answers = append(answers, pointerTo(s.kind(), n.full(&s), restTTL))
			more = append(n.details(&s, hostTTL, restTTL), addresses(n.host, at.addresses(), hostTTL)...)
		case name == strings.ToLower(n.full(&s)):
			answers = append(answers, of(n.details(&s, hostTTL, restTTL))...)
			more = addresses(n.host, at.addresses(), hostTTL)
		}
	}
	return answers, more
}

// everything is all that is to be said of a service; with gone, that it is no more.
func (n *names) everything(s *Service, own ownAddresses, gone bool) (out []dnsmessage.Resource) {
	if gone {
		return append(n.details(s, 0, 0), pointerTo(s.kind(), n.full(s), 0))
	}
	out = append(n.details(s, hostTTL, restTTL), pointerTo(s.kind(), n.full(s), restTTL), pointerTo(allTypes, s.kind(), restTTL))
	return append(out, addresses(n.host, own, hostTTL)...)
}

// details are where a service is and what it says of itself.
func (n *names) details(s *Service, hostTTL, restTTL uint32) []dnsmessage.Resource {
	name := n.full(s)
	return []dnsmessage.Resource{
		recordOf(name, dnsmessage.TypeSRV, inet|flush, hostTTL, &dnsmessage.SRVResource{Port: uint16(s.Port), Target: nameOf(n.host)}),
		recordOf(name, dnsmessage.TypeTXT, inet|flush, restTTL, &dnsmessage.TXTResource{TXT: s.text()}),
	}
}

func pointerTo(name, to string, ttl uint32) dnsmessage.Resource {
	return recordOf(name, dnsmessage.TypePTR, inet, ttl, &dnsmessage.PTRResource{PTR: nameOf(to)})
}

// addresses are those of the host on one interface: of IPv6 those of the link alone only where there are
// no others. Avahi tells it so, and would give up this computer's name where somebody else tells more of it.
func addresses(host string, own ownAddresses, ttl uint32) (out []dnsmessage.Resource) {
	beyond := slices.ContainsFunc(own, func(p netip.Prefix) bool { return p.Addr().Is6() && !p.Addr().IsLinkLocalUnicast() })
	for _, a := range own {
		if a.Addr().Is6() && a.Addr().IsLinkLocalUnicast() && beyond {
			continue
		}
		if a.Addr().Is4() {
			out = append(out, recordOf(host, dnsmessage.TypeA, inet|flush, ttl, &dnsmessage.AResource{A: a.Addr().As4()}))
		} else {
			out = append(out, recordOf(host, dnsmessage.TypeAAAA, inet|flush, ttl, &dnsmessage.AAAAResource{AAAA: a.Addr().As16()}))
		}
	}
	return out
}

func recordOf(name string, of dnsmessage.Type, class dnsmessage.Class, ttl uint32, body dnsmessage.ResourceBody) dnsmessage.Resource {
	return dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: nameOf(name), Type: of, Class: class, TTL: ttl}, Body: body}
}

// nameOf is a name that is not too long: instanceName and hostLabel see to that.
func nameOf(s string) dnsmessage.Name {
	n, _ := dnsmessage.NewName(s)
	return n
}

// answer is one packet in the making.
type answer struct {
	questions     []dnsmessage.Question // only for those who are no speakers of multicast DNS
	answers, more []dnsmessage.Resource
}

// add adds records, each once.
func (a *answer) add(answers, more []dnsmessage.Resource) {
	for _, r := range answers {
		if !contains(a.answers, r) {
			a.answers = append(a.answers, r)
		}
	}
	for _, r := range more {
		if !contains(a.more, r) {
			a.more = append(a.more, r)
		}
	}
}

func contains(list []dnsmessage.Resource, r dnsmessage.Resource) bool {
	return slices.ContainsFunc(list, func(o dnsmessage.Resource) bool { return reflect.DeepEqual(o, r) })
}

// packet packs it; nil where there is nothing to say. id is repeated to those who asked with questions.
func (a *answer) packet(id uint16) []byte {
	if len(a.answers) == 0 {
		return nil
	}
	m := dnsmessage.Message{Header: dnsmessage.Header{Response: true, Authoritative: true}, Questions: a.questions, Answers: a.answers}
	m.Additionals = slices.DeleteFunc(slices.Clone(a.more), func(r dnsmessage.Resource) bool { return contains(a.answers, r) })
	if len(a.questions) > 0 {
		m.ID = id
		for _, list := range [][]dnsmessage.Resource{m.Answers, m.Additionals} {
			for i := range list {
				list[i].Header.Class, list[i].Header.TTL = inet, min(list[i].Header.TTL, legacyTTL)
			}
		}
	}
	packet, err := m.Pack()
	if err == nil && len(packet) > packetGood && len(m.Additionals) > 0 {
		m.Additionals = nil
		packet, err = m.Pack()
	}
	if err != nil {
		return nil
	}
	return packet
}
