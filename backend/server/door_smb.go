package server

import (
	"strings"

	"portico/backend/api"
	"portico/backend/config"
	"portico/backend/discovery/mdns"
	"portico/backend/event"
	"portico/backend/listen"
	"portico/backend/protocol/smb"
)

func smbKind() doorKind {
	return doorKind{
		name: "smb", title: "SMB (Windows shares)", standard: ":" + smbPort,
		wants: func(c *config.Config) string { return c.SMB.Addr },
		next:  smbNext,
		made: func(c *config.Config) any {
			return []any{c.SMB.Encrypt, c.SMB.Connections, c.Limits.ConnectionsPerAddress, c.General.Name}
		},
		make:     (*Server).smbDoor,
		lines:    smbLines,
		services: func(*config.Config) []mdns.Service { return []mdns.Service{{Type: "_smb._tcp"}} },
	}
}

// smbPort is the port of SMB. Explorer knows no other, and most systems keep it for their administrator.
const smbPort = "445"

// smbNext is where other clients find the door when that port cannot be had. Whoever wrote another port into
// the settings means that one.
func smbNext(c *config.Config) []int {
	if want := c.SMB.Addr; want != off && !strings.HasSuffix(want, ":"+smbPort) {
		return nil
	}
	return []int{4455}
}

// smbLines are ready-made for the usual port or another: Explorer knows no other, unless it is told.
func smbLines(p spot) []api.DoorLine {
	host := strings.Trim(p.host, "[]")
	unc, url, port := `\\`+host+`\portico`, "smb://"+p.host+":"+p.port+"/portico", "-p "+p.port+" "
	windows := []api.DoorLine{
		{For: "Windows 11 24H2 and later", Text: "net use P: " + unc + " /user:NAME /tcpport:" + p.port},
		{For: "Explorer and older Windows only know port 445. Where no other program has it, this gives it to Portico from its next start on", Text: `sudo setcap cap_net_bind_service=+ep "$(command -v portico)"`},
	}
	if p.port == smbPort {
		windows = []api.DoorLine{{For: "Explorer: type into the address bar", Text: unc}}
		url, port = "smb://"+p.host+"/portico", ""
	}
	return append(windows, []api.DoorLine{
		{For: "Finder: Go, Connect to Server", Text: url},
		{For: "GNOME, KDE: type into the address bar", Text: url},
		{For: "Mount it on Linux", Text: "sudo mount -t cifs //" + host + "/portico FOLDER -o port=" + p.port + ",user=NAME,uid=$(id -u),nobrl"},
		{For: "smbclient", Text: "smbclient " + port + "//" + host + "/portico -U NAME"},
		{For: "A password for SMB, told once", Text: "portico user smb NAME"},
		{For: "Guests", Text: "User: " + smb.GuestName + "\nPassword: " + smb.GuestName},
	}...)
}

// smbDoor makes the SMB door.
func (s *Server) smbDoor(at listen.Spec) (door, error) {
	c := s.config()
	return smb.New(smb.Options{
		Listen: at, Data: s.o.Data, Name: s.name(), Encrypt: c.SMB.Encrypt, Most: c.SMB.Connections, Each: c.Limits.ConnectionsPerAddress,
		Accounts: s.accounts, Entry: s.entry(),
		Trouble: func(why error) {
			text := "SMB works again"
			if why != nil {
				text = why.Error()
			}
			s.tell(event.Event{Kind: event.Notice, Door: "smb", Text: text})
		},
		Log: s.o.Log.With("room", "smb"),
	}), nil
}
