package mdns

import (
	"bytes"
	"encoding/binary"
	"net"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

// watch notices, until unwatch, which of some names somebody has: those of services, and with host that
// of the host.
func (e *ear) watch(n names, host bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.wanted, e.watched = n, make(map[string]bool)
	for i := range n.services {
		e.watched[strings.ToLower(n.full(&n.services[i]))] = false
	}
	if host {
		e.watched[n.host] = false
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
	e.wanted, e.watched = names{}, nil
	return found
}

// probe asks everybody for the names that are watched, and says what will be behind them: of two that
// want the same name at once, both see alike who gets it. It does not ask for answers to one alone, which
// would reach one program of this computer only.
func (e *ear) probe() {
	e.mu.Lock()
	n := e.wanted
	_, host := e.watched[n.host]
	e.mu.Unlock()
	for _, l := range e.links {
		var m dnsmessage.Message
		want := func(name string, behind []dnsmessage.Resource) {
			m.Questions = append(m.Questions, dnsmessage.Question{Name: nameOf(name), Type: anything, Class: inet})
			m.Authorities = append(m.Authorities, behind...)
		}
		if host {
			want(n.host, addresses(n.host, addressesOf(l.Index), hostTTL))
		}
		for i := range n.services {
			want(n.full(&n.services[i]), n.details(&n.services[i], hostTTL, restTTL))
		}
		for i := range m.Authorities {
			m.Authorities[i].Header.Class = inet
		}
		if packet, err := m.Pack(); err == nil {
			l.send(packet)
		}
	}
}

// responded looks in what others say for names that are ours or shall be.
func (e *ear) responded(p dnsmessage.Parser, at *place) {
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
			if !e.record(&p, &h, at, false) && section.skip() != nil {
				return
			}
		}
	}
}

// probed looks in what somebody wants to have for names that we want, too.
func (e *ear) probed(p dnsmessage.Parser, at *place) {
	if p.SkipAllQuestions() != nil || p.SkipAllAnswers() != nil {
		return
	}
	for range recordsMax {
		h, err := p.AuthorityHeader()
		if err != nil || !e.record(&p, &h, at, true) && p.SkipAuthority() != nil {
			return
		}
	}
}

// record judges one record, with wish of somebody who has not the name yet; it reports whether it took the
// record's data from the packet.
func (e *ear) record(p *dnsmessage.Parser, h *dnsmessage.ResourceHeader, at *place, wish bool) (taken bool) {
	name := strings.ToLower(h.Name.String())
	e.mu.Lock()
	defer e.mu.Unlock()
	_, watched := e.watched[name]
	of := &e.names
	if watched {
		of = &e.wanted
	} else if wish {
		return false // whoever wants what is ours is answered
	}
	service, instance := of.service(name)
	host := name == of.host && of.host != ""
	if h.TTL == 0 || !host && !instance || !at.near() {
		return false
	}
	better, ok := false, false
	switch h.Type {
	case dnsmessage.TypeA:
		r, err := p.AResource()
		if err != nil || ownAddress(netip.AddrFrom4(r.A)) { // other speakers of this computer give its addresses
			return err == nil
		}
		better, ok = betterAddress(netip.AddrFrom4(r.A), at.addresses()), host
	case dnsmessage.TypeAAAA:
		r, err := p.AAAAResource()
		if err != nil || ownAddress(netip.AddrFrom16(r.AAAA)) {
			return err == nil
		}
		better, ok = betterAddress(netip.AddrFrom16(r.AAAA), at.addresses()), host
	case dnsmessage.TypeSRV:
		r, err := p.SRVResource()
		if err != nil {
			return false
		}
		order := bytes.Compare(serviceData(&r), serviceData(&dnsmessage.SRVResource{Port: uint16(service.Port), Target: nameOf(of.host)}))
		better, ok = order > 0, instance && order != 0 // the same may come back from somebody who repeats it
	default:
		return false
	}
	switch {
	case !ok:
	case watched && (better || !wish):
		e.watched[name] = true
	case !watched && better:
		e.clash(clash{name: name, host: host})
	}
	return true
}

// betterAddress reports whether whoever gives an address has a better right to the host's name than one
// with some addresses: the highest, of IPv4 where there are any, so that both sides see it alike.
func betterAddress(a netip.Addr, own ownAddresses) bool {
	has4 := slices.ContainsFunc(own, func(p netip.Prefix) bool { return p.Addr().Is4() })
	if has4 != a.Is4() {
		return a.Is4()
	}
	return !slices.ContainsFunc(own, func(p netip.Prefix) bool { return p.Addr().Is4() == a.Is4() && a.Compare(p.Addr()) < 0 })
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

// serviceData is where a service is, as it is compared with what somebody else says (RFC 6762, 8.2).
func serviceData(r *dnsmessage.SRVResource) []byte {
	out := binary.BigEndian.AppendUint16(nil, r.Priority)
	out = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(out, r.Weight), r.Port)
	return append(out, wire(strings.ToLower(r.Target.String()))...)
}
