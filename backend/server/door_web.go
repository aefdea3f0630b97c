package server

import (
	"portico/backend/api"
	"portico/backend/config"
	"portico/backend/discovery/mdns"
	"portico/backend/listen"
	"portico/backend/protocol/web"
)

func webKind() doorKind {
	return doorKind{
		name: "http", title: "Web", standard: ":3923",
		wants: func(c *config.Config) string { return c.HTTP.Addr },
		next:  func(c *config.Config) []int { return c.HTTP.FallbackPorts },
		made:  webSettings,
		make:  (*Server).webDoor,
		lines: func(p spot) []api.DoorLine {
			return []api.DoorLine{
				{For: "Send a file", Text: "curl -T FILE " + p.base + "/FOLDER/"},
				{For: "Fetch a file", Text: "curl -OJ " + p.base + "/FOLDER/FILE"},
				{For: "Fetch a folder", Text: "curl -OJ '" + p.base + "/FOLDER/?zip'"},
			}
		},
		services: func(c *config.Config) []mdns.Service {
			web := mdns.Service{Type: "_http._tcp", Path: "/"}
			if c.HTTP.TLS.Required {
				web.Type = "_https._tcp"
			}
			return []mdns.Service{web, {Type: mdns.PorticoService, Path: "/"}}
		},
	}
}

// webSettings are those that webDoor reads.
func webSettings(c *config.Config) any {
	waits := c.HTTP.Timeouts
	waits.Shutdown = 0 // asked when it is needed
	return []any{waits, c.Limits.Connections, c.Limits.ConnectionsPerAddress, c.HTTP.TLS.Mode, c.HTTP.TLS.Required}
}

// webDoor makes the HTTP door.
func (s *Server) webDoor(at listen.Spec) (door, error) {
	o := s.webOptions(s.api)
	o.Listen = at
	if source := s.tls.Load(); source != nil {
		o.Certificate, o.Insist = source.certificate, s.config().HTTP.TLS.Required
	}
	return web.New(o), nil
}
