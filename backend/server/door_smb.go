package server

import (
	"strings"

	"portico/backend/api"
	"portico/backend/config"
	"portico/backend/discovery/mdns"
	"portico/backend/listen"
	"portico/backend/protocol/entry"
	"portico/backend/protocol/smb"
)

func smbKind() doorKind {
	return doorKind{
		name: "smb", title: "SMB (Windows shares)", standard: ":4455",
		wants: func(c *config.Config) string { return c.SMB.Addr },
		next:  func(*config.Config) []int { return nil },
		made: func(c *config.Config) any {
			return []any{c.SMB.Encrypt, c.SMB.Connections, c.Limits.ConnectionsPerAddress, c.General.Name}
		},
		make:     (*Server).smbDoor,
		lines:    smbLines,
		services: func(*config.Config) []mdns.Service { return []mdns.Service{{Type: "_smb._tcp"}} },
	}
}

// smbLines are ready-made for the usual port or another: Explorer knows no other, unless it is told.
func smbLines(p spot) []api.DoorLine {
	host := strings.Trim(p.host, "[]")
	unc, url, port := `\\`+host+`\portico`, "smb://"+p.host+":"+p.port+"/portico", "-p "+p.port+" "
	windows := api.DoorLine{For: "Windows 11 24H2 and later", Text: "net use P: " + unc + " /user:NAME /tcpport:" + p.port}
	if p.port == "445" {
		windows = api.DoorLine{For: "Explorer: type into the address bar", Text: unc}
		url, port = "smb://"+p.host+"/portico", ""
	}
	return []api.DoorLine{
		windows,
		{For: "Finder: Go, Connect to Server", Text: url},
		{For: "GNOME, KDE: type into the address bar", Text: url},
		{For: "Mount it on Linux", Text: "sudo mount -t cifs //" + host + "/portico FOLDER -o port=" + p.port + ",user=NAME,uid=$(id -u),nobrl"},
		{For: "smbclient", Text: "smbclient " + port + "//" + host + "/portico -U NAME"},
		{For: "A password for SMB, told once", Text: "portico user smb NAME"},
		{For: "Guests", Text: "User: " + smb.GuestName + "\nPassword: " + smb.GuestName},
	}
}

// smbDoor makes the SMB door.
func (s *Server) smbDoor(at listen.Spec) (door, error) {
	c := s.config()
	return smb.New(smb.Options{
		Listen: at, Data: s.o.Data, Name: s.name(), Encrypt: c.SMB.Encrypt, Most: c.SMB.Connections, Each: c.Limits.ConnectionsPerAddress,
		Accounts: s.accounts, Entry: entry.New(entry.Options{Tree: s.tree, Accounts: s.accounts, Shares: s.shares}),
		Log: s.o.Log.With("room", "smb"),
	}), nil
}
