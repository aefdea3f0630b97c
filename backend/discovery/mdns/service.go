package mdns

import (
	"slices"
	"strconv"
)

// Service is one way into this computer. A Wish has one of a type.
type Service struct {
	Type       string   // "_http._tcp", "_tftp._udp"
	Port       int      // 1 to 65535
	Path       string   // below which its files are; "" where its clients need none
	Interfaces []string // where it answers and others may be told so
}

// String is the type with the port: "_http._tcp 3923".
func (s Service) String() string { return s.Type + " " + strconv.Itoa(s.Port) }

// text is what its TXT record says: never nothing (RFC 6763, 6.1).
func (s Service) text() []string {
	if s.Path == "" {
		return []string{""}
	}
	return []string{"path=" + s.Path}
}

// own says which names are ours from now on.
func (e *ear) own(n names) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.names = n
}

// tell tells the interfaces of some services about them; with gone, that they are no more.
func (e *ear) tell(n *names, services []Service, gone bool) {
	for _, l := range e.links {
		own := addressesOf(l.Index)
		for _, s := range services {
			if !slices.Contains(s.Interfaces, l.Name) {
				continue
			}
			a := answer{answers: n.everything(&s, own, gone)}
			if packet := a.packet(0); packet != nil {
				l.send(packet)
			}
		}
	}
}

// without returns those services of a list, on those of their interfaces, that another list has not:
// of the same type, and, with exactly, at the same port and path.
func without(list, other []Service, exactly bool) (out []Service) {
	for _, s := range list {
		at := slices.DeleteFunc(slices.Clone(s.Interfaces), func(name string) bool {
			return slices.ContainsFunc(other, func(o Service) bool {
				return o.Type == s.Type && slices.Contains(o.Interfaces, name) && (!exactly || o.Port == s.Port && o.Path == s.Path)
			})
		})
		if len(at) > 0 {
			s.Interfaces = at
			out = append(out, s)
		}
	}
	return out
}
