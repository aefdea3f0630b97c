package server

import (
	"strings"

	"portico/backend/api"
	"portico/backend/config"
	"portico/backend/discovery/mdns"
	"portico/backend/listen"
	"portico/backend/protocol/tftp"
)

func tftpKind() doorKind {
	return doorKind{
		name: "tftp", title: "TFTP", standard: ":6969",
		warn: "TFTP hides nothing and asks for no password: everybody on the network can read along, " +
			"and may do what guests may, or whoever the settings name for their address.",
		wants: func(c *config.Config) string { return c.TFTP.Addr },
		next:  func(*config.Config) []int { return nil },
		made:  tftpSettings,
		make:  (*Server).tftpDoor,
		lines: func(p spot) []api.DoorLine {
			host := strings.Trim(p.host, "[]")
			return []api.DoorLine{
				{For: "Fetch a file", Text: "curl -O " + p.base + "/FOLDER/FILE"},
				{For: "Send a file", Text: "curl -T FILE " + p.base + "/FOLDER/"},
				{For: "tftp", Text: "tftp -m binary " + host + " " + p.port + " -c get FOLDER/FILE"},
				{For: "atftp", Text: `atftp --option "windowsize 16" --option "blksize 1428" -g -r FOLDER/FILE ` + host + " " + p.port},
			}
		},
		services: func(*config.Config) []mdns.Service { return []mdns.Service{{Type: "_tftp._udp"}} },
	}
}

// tftpSettings are those that tftpDoor reads.
func tftpSettings(c *config.Config) any {
	t := c.TFTP
	t.Addr = "" // moving is not opening anew
	return t
}

// tftpDoor makes the TFTP door.
func (s *Server) tftpDoor(at listen.Spec) (door, error) {
	c := s.config().TFTP
	return tftp.New(tftp.Options{
		Entry:  s.entry(),
		Listen: at, Networks: networks(c.Networks), Names: placesOf(c.Devices),
		Write: map[string]tftp.Write{"off": tftp.Nothing, "add": tftp.Add, "replace": tftp.Replace}[c.Write],
		Log:   s.o.Log.With("room", "tftp"),
	}), nil
}
