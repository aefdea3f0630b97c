package server

import (
	"strings"

	"portico/backend/api"
	"portico/backend/config"
	"portico/backend/discovery/mdns"
	"portico/backend/listen"
	"portico/backend/protocol/webdav"
)

// on is the address of a door that has no port of its own.
const on = "on"

func webdavKind() doorKind {
	return doorKind{
		name: "webdav", title: "WebDAV", standard: on, within: "http", path: "/dav",
		wants: func(c *config.Config) string {
			if c.WebDAV.Open {
				return on
			}
			return off
		},
		next:  func(*config.Config) []int { return nil },
		made:  func(*config.Config) any { return nil },
		make:  func(s *Server, _ listen.Spec) (door, error) { return webdav.NewDoor(s.dav), nil },
		lines: webdavLines,
		services: func(c *config.Config) []mdns.Service {
			if c.HTTP.TLS.Required {
				return []mdns.Service{{Type: "_webdavs._tcp", Path: "/dav/"}}
			}
			return []mdns.Service{{Type: "_webdav._tcp", Path: "/dav/"}}
		},
	}
}

// webdavLines are for the clients that come with systems, and for those that people install. Windows sends
// a password only encrypted (`portico help webdav` says more); HTTP and HTTPS answer on the same port.
func webdavLines(p spot) []api.DoorLine {
	scheme, rest, _ := strings.Cut(p.base, "://")
	host, path, _ := strings.Cut(rest, "/")
	below := `\DavWWWRoot\` + strings.ReplaceAll(path, "/", `\`) + `\`
	dav := "dav" + strings.TrimPrefix(scheme, "http") + "://" + rest + "/"
	lines := []api.DoorLine{
		{For: "Windows Explorer, encrypted", Text: `\\` + p.host + "@SSL@" + p.port + below},
		{For: "Windows, encrypted", Text: "net use * https://" + host + "/" + path + "/ /user:NAME *"},
	}
	if scheme == "http" {
		lines = append(lines, api.DoorLine{For: "Windows Explorer, guests only", Text: `\\` + p.host + "@" + p.port + `\DavWWWRoot\`})
	}
	return append(lines, []api.DoorLine{
		{For: "macOS Finder, ⌘K", Text: p.base + "/"},
		{For: "GNOME Files", Text: dav},
		{For: "rclone", Text: `rclone copy FOLDER :webdav:FOLDER --webdav-url ` + p.base + `/ --webdav-user NAME --webdav-pass "$(rclone obscure PASSWORD)"`},
		{For: "davfs2", Text: "sudo mount -t davfs " + p.base + "/ /mnt"},
		{For: "curl", Text: "curl -u NAME -T FILE " + p.base + "/"},
	}...)
}
