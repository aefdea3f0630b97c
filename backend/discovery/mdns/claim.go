package mdns

import (
	"bytes"
	"net"
	"net/netip"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

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
	ours, instance := e.names.service(name)
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
		case bytes.Compare(serviceData(uint16(ours.Port), e.names.host), data) < 0:
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

// seen notes that somebody has a name that we might take. The caller holds mu.
func (e *ear) seen(name string) {
	if _, ok := e.watched[name]; ok {
		e.watched[name] = true
	}
}

// serviceData is a port and a target as they are compared with those of somebody else.
func serviceData(port uint16, target string) []byte {
	return append([]byte{byte(port >> 8), byte(port)}, strings.ToLower(target)...)
}
