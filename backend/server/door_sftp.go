package server

import (
	"strings"

	"golang.org/x/crypto/ssh"

	"portico/backend/api"
	"portico/backend/config"
	"portico/backend/discovery/mdns"
	"portico/backend/hostkey"
	"portico/backend/listen"
	"portico/backend/protocol/sftp"
)

func sftpKind() doorKind {
	return doorKind{
		name: "sftp", title: "SFTP", standard: ":2222",
		wants: func(c *config.Config) string { return c.SFTP.Addr },
		next:  func(*config.Config) []int { return nil },
		risks: func(c *config.Config) string { return oldFrom("SSH", c.SFTP.OldSSH) },
		made: func(c *config.Config) any {
			return []any{c.SFTP.Idle, c.SFTP.OldSSH, c.Limits.Connections, c.Limits.ConnectionsPerAddress}
		},
		make: (*Server).sftpDoor,
		lines: func(p spot) []api.DoorLine {
			remote := ":sftp,host='" + strings.Trim(p.host, "[]") + "',port=" + p.port + ",user=NAME"
			return []api.DoorLine{
				{For: "sftp", Text: "sftp -P " + p.port + " NAME@" + p.host},
				{For: "Send a file with scp", Text: "scp -P " + p.port + " FILE NAME@" + p.host + ":/FOLDER/"},
				{For: "Fetch a folder with scp", Text: "scp -r -P " + p.port + " NAME@" + p.host + ":/FOLDER ."},
				{For: "rclone", Text: "rclone copy FOLDER " + "\"" + remote + ",shell_type=none,ask_password=true:/FOLDER\""},
				{For: "Mount it on Linux (sshfs)", Text: "sshfs -p " + p.port + " NAME@" + p.host + ":/ FOLDER"},
				{For: "WinSCP, FileZilla", Text: "Protocol: SFTP · Host: " + p.host + " · Port: " + p.port + " · User: NAME"},
				{For: "GNOME, KDE: type into the address bar", Text: p.base + "/"},
			}
		},
		services: func(*config.Config) []mdns.Service { return []mdns.Service{{Type: "_sftp-ssh._tcp", Path: "/"}} },
	}
}

// sftpDoor makes the SSH door. Its keys are made when it is opened for the first time.
func (s *Server) sftpDoor(at listen.Spec) (door, error) {
	keys, err := hostkey.Open(s.o.Data)
	if err != nil {
		return nil, err
	}
	c := s.config()
	each := c.Limits.ConnectionsPerAddress
	if each == 0 {
		each = c.Limits.Connections
	}
	return keyedDoor{sftp.New(sftp.Options{
		Listen: at, Keys: keys, Old: placesOf(c.SFTP.OldSSH), Idle: c.SFTP.Idle.D(), Most: c.Limits.Connections, Each: each,
		Entry: s.entry(),
		Log:   s.o.Log.With("room", "sftp"),
	}), keys}, nil
}

// keyedDoor is the SSH door with what its clients ask about at their first connection.
type keyedDoor struct {
	*sftp.Door
	keys []ssh.Signer
}

// more tells the fingerprints: clients show one and ask whether it is right.
func (d keyedDoor) more() []api.DoorLine {
	var out []api.DoorLine
	for _, k := range d.keys {
		name := map[string]string{ssh.KeyAlgoED25519: "ED25519", ssh.KeyAlgoECDSA256: "ECDSA", ssh.KeyAlgoRSA: "RSA"}[k.PublicKey().Type()]
		out = append(out, api.DoorLine{For: "Fingerprint, asked about once (" + name + ")", Text: ssh.FingerprintSHA256(k.PublicKey())})
	}
	return out
}
