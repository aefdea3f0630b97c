package server

import (
	"errors"
	"strings"

	"portico/backend/api"
	"portico/backend/config"
	"portico/backend/discovery/mdns"
	"portico/backend/listen"
	"portico/backend/protocol/ftp"
)

func ftpKind() doorKind {
	return doorKind{
		name: "ftp", title: "FTP", standard: ":2121",
		warn:  "FTP does not hide passwords or files on this network.",
		risks: oldTLS,
		wants: func(c *config.Config) string { return c.FTP.Addr },
		next:  func(*config.Config) []int { return nil },
		made:  ftpSettings,
		make: func(s *Server, at listen.Spec) (door, error) {
			how := map[string]ftp.Security{"required": ftp.Required}[s.config().FTP.TLS]
			return s.ftpDoor("ftp", how, at)
		},
		lines: func(p spot) []api.DoorLine {
			return append(ftpLines(p, "", "explicit_tls=true"),
				api.DoorLine{For: "Explorer, Finder, GNOME: type into the address bar", Text: p.base + "/"})
		},
		services: func(*config.Config) []mdns.Service { return []mdns.Service{{Type: "_ftp._tcp", Path: "/"}} },
	}
}

func ftpsKind() doorKind {
	return doorKind{
		name: "ftps", title: "FTP over TLS", standard: ":2990", risks: oldTLS,
		wants:    func(c *config.Config) string { return c.FTPS.Addr },
		next:     func(*config.Config) []int { return nil },
		made:     ftpSettings,
		make:     func(s *Server, at listen.Spec) (door, error) { return s.ftpDoor("ftps", ftp.Implicit, at) },
		lines:    func(p spot) []api.DoorLine { return ftpLines(p, "-k ", "tls=true") },
		services: func(*config.Config) []mdns.Service { return []mdns.Service{{Type: "_ftps._tcp", Path: "/"}} },
	}
}

// oldTLS warns of devices whose encryption can be broken.
func oldTLS(c *config.Config) string { return oldFrom("TLS", c.FTP.OldTLS) }

// ftpSettings are those that ftpDoor reads.
func ftpSettings(c *config.Config) any {
	f := c.FTP
	f.Addr = "" // moving is not opening anew
	return []any{f, c.Limits.Connections, c.Limits.ConnectionsPerAddress, c.HTTP.TLS.Mode}
}

// ftpLines are those of both doors, with the form that instruments show, line by line.
func ftpLines(p spot, curl, rclone string) []api.DoorLine {
	host := strings.Trim(p.host, "[]")
	return []api.DoorLine{
		{For: "Send a file", Text: "curl " + curl + "-T FILE -u NAME " + p.base + "/FOLDER/"},
		{For: "Fetch a file", Text: "curl " + curl + "-O -u NAME " + p.base + "/FOLDER/FILE"},
		{For: "Send a folder (lftp)", Text: "lftp -u NAME -e 'set ssl:verify-certificate no; mirror -R FOLDER /FOLDER; bye' " + p.base},
		{For: "rclone", Text: "rclone copy FOLDER ':ftp,host=" + host + ",port=" + p.port + ",user=NAME,ask_password=true," + rclone + ",no_check_certificate=true:/FOLDER'"},
		{For: "Instruments, scanners, cameras", Text: "Host: " + host + "\nPort: " + p.port + "\nUser: NAME\nPassword: (that of the account)\nPath: /FOLDER\nPassive: yes"},
	}
}

// ftpDoor makes one of the two FTP doors.
func (s *Server) ftpDoor(name string, how ftp.Security, at listen.Spec) (door, error) {
	c := s.config()
	each := c.Limits.ConnectionsPerAddress
	if each == 0 {
		each = c.Limits.Connections
	}
	o := ftp.Options{
		Name: name, Security: how, Reuse: c.FTP.ReuseTLS, Listen: at, Most: c.Limits.Connections, Each: each,
		Entry:   s.entry(),
		Passive: ftp.Passive{Host: c.FTP.PassiveHost, From: c.FTP.PassiveFrom, To: c.FTP.PassiveTo},
		Host:    s.name, Times: ftp.Times{Idle: c.FTP.Idle.D()}, Log: s.o.Log.With("room", name),
	}
	source := s.tls.Load()
	if source != nil && (c.FTP.TLS != "off" || how == ftp.Implicit) {
		o.Certificate = source.certificate
	}
	if o.Old = placesOf(c.FTP.OldTLS); len(o.Old) > 0 && o.Certificate != nil {
		old, err := s.oldCertificate(source)
		if err != nil {
			return nil, err
		}
		o.OldCertificate = old
	}
	if o.Certificate == nil && how != ftp.Optional {
		return nil, errors.New(`it cannot encrypt: [http.tls] mode is "off"`)
	}
	return ftp.New(o), nil
}
