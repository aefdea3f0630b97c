package mdns

import (
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
	answerGap     = time.Second // RFC 6762, 6
	recordsMax    = 200         // of a packet that are looked at
	questionsMost = 32          // of a packet that are answered
)

// place is an interface on which something was heard.
type place struct {
	index int
	name  string
	own   ownAddresses
}

// heading is a question that is answered to everybody, once a second on an interface.
type heading struct {
	index int
	name  string
	of    dnsmessage.Type
}

// asked answers questions for this computer and its services, and notes who has them.
func (e *ear) asked(p *dnsmessage.Parser, id uint16, at *place, from netip.AddrPort) {
	e.mu.Lock()
	of := e.names
	e.mu.Unlock()
	var list []dnsmessage.Question
	for n := 0; n < recordsMax && len(list) < questionsMost; n++ {
		q, err := p.Question()
		if err != nil {
			break
		}
		if of.have(q.Name.String()) && q.Class&^flush == inet {
			list = append(list, q)
		}
	}
	if len(list) == 0 {
		return
	}
	if who := from.Addr(); !ownAddress(who) {
		e.heardOf(at.name, who)
	}
	known := knownPointers(p)
	var all, alone answer
	for _, q := range list {
		to := &all
		switch legacy := from.Port() != port; {
		case legacy:
			to = &alone
			alone.questions = append(alone.questions, dnsmessage.Question{Name: q.Name, Type: q.Type, Class: inet})
		case q.Class&flush != 0:
			to = &alone
		}
		answers, more := of.answers(q, at)
		answers = slices.DeleteFunc(answers, func(r dnsmessage.Resource) bool {
			pointer, ok := r.Body.(*dnsmessage.PTRResource)
			return ok && slices.Contains(known, knownPointer{strings.ToLower(r.Header.Name.String()), pointer.PTR.String()})
		})
		if len(answers) > 0 && (to == &alone || e.due(heading{at.index, strings.ToLower(q.Name.String()), q.Type})) {
			to.add(answers, more)
		}
	}
	if packet := all.packet(0); packet != nil {
		e.send(packet, at.index)
	}
	if packet := alone.packet(id); packet != nil && e.pace.Allow(from.Addr(), time.Now()) {
		e.reply(packet, at.index, from)
	}
}

// due reports whether the last answer to a question is long enough ago.
func (e *ear) due(to heading) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if time.Since(e.last[to]) < answerGap {
		return false
	}
	e.last[to] = time.Now()
	return true
}

// knownPointer is a record that somebody who asks knows already, so that nobody has to tell (RFC 6762, 7.1).
type knownPointer struct{ name, to string }

func knownPointers(p *dnsmessage.Parser) (out []knownPointer) {
	if p.SkipAllQuestions() != nil {
		return nil
	}
	for range recordsMax {
		h, err := p.AnswerHeader()
		if err != nil {
			return out
		}
		if h.Type == dnsmessage.TypePTR && h.TTL >= restTTL/2 {
			if r, err := p.PTRResource(); err == nil {
				out = append(out, knownPointer{strings.ToLower(h.Name.String()), r.PTR.String()})
				continue
			}
		}
		if p.SkipAnswer() != nil {
			return out
		}
	}
	return out
}

// reply answers somebody alone.
func (e *ear) reply(packet []byte, index int, to netip.AddrPort) {
	if to.Addr().Unmap().Is4() && e.v4 != nil {
		_, _ = e.v4.WriteTo(packet, &ipv4.ControlMessage{IfIndex: index}, net.UDPAddrFromAddrPort(to))
	} else if to.Addr().Is6() && e.v6 != nil {
		_, _ = e.v6.WriteTo(packet, &ipv6.ControlMessage{IfIndex: index}, net.UDPAddrFromAddrPort(to))
	}
}
