package mdns

import (
	"bytes"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

const (
	flush      = dnsmessage.Class(1 << 15) // RFC 6762, 10.2; in questions: answer me alone
	anything   = dnsmessage.Type(255)      // ANY
	hostTTL    = 120                       // seconds
	legacyTTL  = 10                        // … for those who are no speakers of multicast DNS
	answerGap  = time.Second               // RFC 6762, 6
	inet       = dnsmessage.ClassINET
	recordsMax = 200 // of a packet that are looked at
)

// names are those that are ours, lower case.
type names struct {
	host      string            // "studio-laptop.local."
	services  map[string]bool   // "_http._tcp.local.", and what asks for all
	instances map[string][]byte // "studio laptop._http._tcp.local.": port and target, as they are compared
}

// own says which names are ours from now on.
func (e *ear) own(host, name string, w Wish) {
	n := names{host: host + ".local.", instances: make(map[string][]byte), services: map[string]bool{"_services._dns-sd._udp.local.": true}}
	for _, service := range w.Services {
		n.services[strings.ToLower(service.Type+".local.")] = true
		n.instances[strings.ToLower(name+"."+service.Type+".local.")] = serviceData(uint16(service.Port), n.host)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.names = n
}

// have reports whether a name is one that is answered for.
func (n *names) have(name string) bool {
	name = strings.ToLower(name)
	_, instance := n.instances[name]
	return instance || name == n.host || n.services[name]
}

// noted remembers who asked, if that was not this computer itself.
func (e *ear) noted(index int, from netip.Addr) {
	if i := slices.IndexFunc(e.list, func(i net.Interface) bool { return i.Index == index }); i >= 0 && !ownAddress(from) {
		e.heardOf(e.list[i].Name, from)
	}
}

func serviceData(port uint16, target string) []byte {
	return append([]byte{byte(port >> 8), byte(port)}, strings.ToLower(target)...)
}

// watch notices, until unwatch, which of some names somebody says to have.
func (e *ear) watch(names []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.watched = make(map[string]bool)
	for _, name := range names {
		e.watched[strings.ToLower(name)] = false
	}
}

// unwatch returns those that somebody has, lower case.
func (e *ear) unwatch() (found []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for name, has := range e.watched {
		if has {
			found = append(found, name)
		}
	}
	e.watched = nil
	return found
}

// ask asks everybody for everything of a name.
func (e *ear) ask(name string) {
	n, err := dnsmessage.NewName(name)
	if err != nil {
		return
	}
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{})
	if b.StartQuestions() != nil || b.Question(dnsmessage.Question{Name: n, Type: anything, Class: inet}) != nil {
		return
	}
	packet, err := b.Finish()
	if err != nil {
		return
	}
	for _, i := range e.list {
		e.send(packet, i.Index)
	}
}

// responded looks in what others say for names that are ours or shall be.
func (e *ear) responded(p *dnsmessage.Parser, own ownAddresses) {
	if p.SkipAllQuestions() != nil {
		return
	}
	count := 0
	for _, section := range []struct {
		head func() (dnsmessage.ResourceHeader, error)
		skip func() error
	}{{p.AnswerHeader, p.SkipAnswer}, {p.AuthorityHeader, p.SkipAuthority}, {p.AdditionalHeader, p.SkipAdditional}} {
		for {
			h, err := section.head()
			if err == dnsmessage.ErrSectionDone {
				break
			}
			if count++; err != nil || count > recordsMax {
				return
			}
			if !e.record(p, &h, own) && section.skip() != nil {
				return
			}
		}
	}
}

// record judges one record; it reports whether it took the record's data from the packet.
func (e *ear) record(p *dnsmessage.Parser, h *dnsmessage.ResourceHeader, own ownAddresses) (taken bool) {
	name := strings.ToLower(h.Name.String())
	e.mu.Lock()
	defer e.mu.Unlock()
	host := name == e.names.host && e.names.host != ""
	ours, instance := e.names.instances[name]
	_, watched := e.watched[name]
	if h.TTL == 0 || !host && !instance && !watched {
		return false
	}
	switch h.Type {
	case dnsmessage.TypeA:
		r, err := p.AResource()
		if err == nil {
			e.address(name, netip.AddrFrom4(r.A), host, own)
		}
		return err == nil
	case dnsmessage.TypeAAAA:
		r, err := p.AAAAResource()
		if err == nil {
			e.address(name, netip.AddrFrom16(r.AAAA), host, own)
		}
		return err == nil
	case dnsmessage.TypeSRV:
		r, err := p.SRVResource()
		if err != nil {
			return false
		}
		data := serviceData(r.Port, r.Target.String())
		switch {
		case !instance:
			e.seen(name)
		case bytes.Compare(ours, data) < 0:
			e.clash(clash{name: name})
		}
		return true
	}
	return false
}

// address judges an address that somebody gave for our host's name, or for one that we might take. Other
// speakers of this computer give its own addresses.
func (e *ear) address(name string, a netip.Addr, host bool, own ownAddresses) {
	if ownAddress(a) {
		return
	}
	if !host {
		e.seen(name)
		return
	}
	for _, p := range own {
		if p.Addr().Is4() == a.Is4() && a.Compare(p.Addr()) < 0 {
			return // ours is the better right
		}
	}
	e.clash(clash{name: e.names.host, host: true})
}

func ownAddress(a netip.Addr) bool {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	for _, one := range addrs {
		if p, err := netip.ParsePrefix(one.String()); err == nil && p.Addr().Unmap() == a.Unmap() {
			return true
		}
	}
	return false
}

func (e *ear) clash(c clash) {
	select {
	case e.clashes <- c:
	default:
	}
}

// asked answers questions for the addresses of this computer's name, and notes who looks for anything of
// ours: the services are told by zeroconf.
func (e *ear) asked(p *dnsmessage.Parser, id uint16, index int, own ownAddresses, from netip.AddrPort) {
	e.mu.Lock()
	of := e.names
	e.mu.Unlock()
	noted := false
	for n := 0; of.host != "" && n < recordsMax; n++ {
		q, err := p.Question()
		if err != nil {
			return
		}
		if !noted && of.have(q.Name.String()) {
			noted = true
			e.noted(index, from.Addr())
		}
		if !strings.EqualFold(q.Name.String(), of.host) || q.Type != dnsmessage.TypeA && q.Type != dnsmessage.TypeAAAA && q.Type != anything {
			continue
		}
		legacy := from.Port() != port
		packet, ok := hostAnswer(q, id, own, legacy)
		switch {
		case !ok:
		case legacy:
			e.reply(packet, index, from)
		case e.due(index):
			e.send(packet, index)
		}
		return
	}
}

// due reports whether the last answer on an interface is long enough ago.
func (e *ear) due(index int) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if time.Since(e.last[index]) < answerGap {
		return false
	}
	e.last[index] = time.Now()
	return true
}

// hostAnswer tells the addresses of an interface; false where it has none of the kind.
func hostAnswer(q dnsmessage.Question, id uint16, own ownAddresses, legacy bool) ([]byte, bool) {
	head := dnsmessage.Header{Response: true, Authoritative: true}
	record := dnsmessage.ResourceHeader{Name: q.Name, Class: inet | flush, TTL: hostTTL}
	if legacy {
		head.ID, record.Class, record.TTL = id, inet, legacyTTL
	}
	b := dnsmessage.NewBuilder(nil, head)
	b.EnableCompression()
	if legacy {
		q.Class &^= flush
		if b.StartQuestions() != nil || b.Question(q) != nil {
			return nil, false
		}
	}
	if b.StartAnswers() != nil {
		return nil, false
	}
	any := false
	for _, a := range own {
		var err error
		switch addr := a.Addr(); {
		case addr.Is4() && q.Type != dnsmessage.TypeAAAA:
			err = b.AResource(record, dnsmessage.AResource{A: addr.As4()})
		case addr.Is6() && q.Type != dnsmessage.TypeA:
			err = b.AAAAResource(record, dnsmessage.AAAAResource{AAAA: addr.As16()})
		default:
			continue
		}
		if err != nil {
			return nil, false
		}
		any = true
	}
	packet, err := b.Finish()
	return packet, any && err == nil
}

// reply answers somebody alone.
func (e *ear) reply(packet []byte, index int, to netip.AddrPort) {
	if to.Addr().Unmap().Is4() && e.v4 != nil {
		_, _ = e.v4.WriteTo(packet, &ipv4.ControlMessage{IfIndex: index}, net.UDPAddrFromAddrPort(to))
	} else if to.Addr().Is6() && e.v6 != nil {
		_, _ = e.v6.WriteTo(packet, &ipv6.ControlMessage{IfIndex: index}, net.UDPAddrFromAddrPort(to))
	}
}

// seen notes that somebody has a name that we might take. The caller holds mu.
func (e *ear) seen(name string) {
	if _, ok := e.watched[name]; ok {
		e.watched[name] = true
	}
}
