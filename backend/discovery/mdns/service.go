package mdns

import (
	"net"
	"slices"
	"strconv"

	"github.com/grandcat/zeroconf"
)

// Service is one way into this computer. A Wish has one of a type.
type Service struct {
	Type       string   // "_http._tcp"
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

// register tells of a service on those interfaces of a list where it is; the others are taken from it.
func (s *Speaker) register(service *Service, name, host string, list []net.Interface) bool {
	var at []net.Interface
	var there []string
	for _, i := range list {
		if slices.Contains(service.Interfaces, i.Name) {
			at, there = append(at, i), append(there, i.Name)
		}
	}
	if service.Interfaces = there; len(at) == 0 {
		return false // zeroconf takes no list for all interfaces
	}
	server, err := zeroconf.RegisterProxy(escape(name), service.Type, "local", service.Port, host+".local.", nil, service.text(), at)
	if err != nil {
		s.log.Warn("a service is not announced", "service", service.Type, "error", err)
		return false
	}
	confine(server, at)
	s.servers = append(s.servers, server)
	return true
}
