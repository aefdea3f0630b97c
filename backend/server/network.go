package server

import (
	"portico/backend/discovery"
)

// readNetwork looks at the networks of this computer now.
func (s *Server) readNetwork() {
	table, err := discovery.Read()
	if err != nil {
		s.log.Warn("the networks of this computer cannot be read", "error", err)
		return
	}
	s.addrs.update(table)
}

// watchNetwork follows the networks until the house ends.
func (s *Server) watchNetwork() {
	discovery.Watch(s.life, func(t discovery.Table) {
		s.addrs.update(t)
		s.cover()
		s.log.Info("the network changed", "addresses", s.Addresses())
	})
}
