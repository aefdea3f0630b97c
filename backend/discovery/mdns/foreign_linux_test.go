package mdns

import (
	"net"
	"slices"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/net/ipv4"
)

// stranger is somebody else on one network of the room, who speaks multicast DNS by packets alone.
type stranger struct {
	t    *testing.T
	c    *ipv4.PacketConn
	done chan struct{}

	mu     sync.Mutex
	heard  []dnsmessage.Resource
	alone  []dnsmessage.Message
	answer func(q dnsmessage.Question) []dnsmessage.Resource // to whoever asks; nil: silent
}

func (r *room) stranger(name string) *stranger {
	s := &stranger{t: r.t, done: make(chan struct{})}
	r.In(func() { s.c = openGroup(r.t, name) })
	go s.listen()
	r.t.Cleanup(func() {
		s.c.Close()
		<-s.done
	})
	return s
}

func (s *stranger) listen() {
	defer close(s.done)
	b := make([]byte, packetMost)
	for {
		n, _, _, err := s.c.ReadFrom(b)
		if err != nil {
			return
		}
		var m dnsmessage.Message
		if m.Unpack(b[:n]) != nil {
			continue
		}
		s.mu.Lock()
		if m.Response {
			s.heard = append(s.heard, slices.Concat(m.Answers, m.Additionals)...)
		} else if s.answer != nil {
			for _, q := range m.Questions {
				s.say(s.answer(q)...)
			}
		}
		s.mu.Unlock()
	}
}

func (s *stranger) answers(f func(q dnsmessage.Question) []dnsmessage.Resource) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// say tells everybody.
func (s *stranger) say(records ...dnsmessage.Resource) {
	if len(records) == 0 {
		return
	}
	s.send(dnsmessage.Message{Header: dnsmessage.Header{Response: true, Authoritative: true}, Answers: records})
}

func (s *stranger) ask(name string, of dnsmessage.Type) {
	s.send(dnsmessage.Message{Questions: []dnsmessage.Question{question(name, of)}})
}

func (s *stranger) send(m dnsmessage.Message) {
	packet, err := m.Pack()
	if err != nil {
		s.t.Error(err)
		return
	}
	s.raw(packet)
}

func (s *stranger) raw(packet []byte) {
	if _, err := s.c.WriteTo(packet, nil, net.UDPAddrFromAddrPort(group4())); err != nil {
		s.t.Error(err)
	}
}

// has reports whether a record was heard.
func (s *stranger) has(is func(r *dnsmessage.Resource) bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.heard, func(r dnsmessage.Resource) bool { return is(&r) })
}

// times is how often a record was heard.
func (s *stranger) times(is func(r *dnsmessage.Resource) bool) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.heard {
		if is(&s.heard[i]) {
			n++
		}
	}
	return n
}

func (s *stranger) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = nil
}

func (s *stranger) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.heard)
}

func question(name string, of dnsmessage.Type) dnsmessage.Question {
	return dnsmessage.Question{Name: dnsmessage.MustNewName(name), Type: of, Class: dnsmessage.ClassINET}
}

func head(name string, of dnsmessage.Type, ttl uint32) dnsmessage.ResourceHeader {
	return dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name), Type: of, Class: dnsmessage.ClassINET, TTL: ttl}
}

func pointer(name, to string) dnsmessage.Resource {
	return dnsmessage.Resource{Header: head(name, dnsmessage.TypePTR, 120), Body: &dnsmessage.PTRResource{PTR: dnsmessage.MustNewName(to)}}
}

func service(name, target string, at uint16) dnsmessage.Resource {
	return dnsmessage.Resource{Header: head(name, dnsmessage.TypeSRV, 120), Body: &dnsmessage.SRVResource{Port: at, Target: dnsmessage.MustNewName(target)}}
}

func address(name, at string) dnsmessage.Resource {
	return dnsmessage.Resource{Header: head(name, dnsmessage.TypeA, 120), Body: &dnsmessage.AResource{A: [4]byte(net.ParseIP(at).To4())}}
}

// What a record must be.

func named(r *dnsmessage.Resource, name string) bool {
	return strings.EqualFold(r.Header.Name.String(), name)
}

func isPointer(name, to string) func(*dnsmessage.Resource) bool {
	return func(r *dnsmessage.Resource) bool {
		b, ok := r.Body.(*dnsmessage.PTRResource)
		return ok && r.Header.TTL > 0 && named(r, name) && b.PTR.String() == to
	}
}

func isService(name, target string, at uint16) func(*dnsmessage.Resource) bool {
	return func(r *dnsmessage.Resource) bool {
		b, ok := r.Body.(*dnsmessage.SRVResource)
		return ok && r.Header.TTL > 0 && named(r, name) && b.Target.String() == target && b.Port == at
	}
}

func isAddress(name, at string) func(*dnsmessage.Resource) bool {
	return func(r *dnsmessage.Resource) bool {
		b, ok := r.Body.(*dnsmessage.AResource)
		return ok && r.Header.TTL > 0 && named(r, name) && net.IP(b.A[:]).String() == at
	}
}

func isText(name, text string) func(*dnsmessage.Resource) bool {
	return func(r *dnsmessage.Resource) bool {
		b, ok := r.Body.(*dnsmessage.TXTResource)
		return ok && named(r, name) && slices.Equal(b.TXT, []string{text})
	}
}

func isGone(name string) func(*dnsmessage.Resource) bool {
	return func(r *dnsmessage.Resource) bool { return r.Header.TTL == 0 && named(r, name) }
}
