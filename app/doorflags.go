package app

import (
	"fmt"

	"portico/backend/config"
)

// doorFlags are the addresses of doors. "off" closes one; port 0 is any free one.
type doorFlags struct {
	HTTP string `name:"http" placeholder:"ADDR" help:"Address of the web door: :8080, 127.0.0.1:8080, :0 (any port), off."`
	FTP  string `name:"ftp" placeholder:"ADDR" help:"Address of FTP, encrypted for whoever asks for it: :2121."`
	FTPS string `name:"ftps" placeholder:"ADDR" help:"Address of FTP that is encrypted from the first byte on: :2990."`
	SFTP string `name:"sftp" placeholder:"ADDR" help:"Address of SFTP and scp: :2222."`
	TFTP string `name:"tftp" placeholder:"ADDR" help:"Address of TFTP, over UDP: :6969."`
	SMB  string `name:"smb" placeholder:"ADDR" help:"Address of SMB (Windows shares), which Samba speaks: :445, or :4455 without administrator rights."`
}

// doorFlag is one of them, and the setting that it stands for.
type doorFlag struct {
	name, value string
	setting     *string
}

func (f doorFlags) all(c *config.Config) []doorFlag {
	return []doorFlag{
		{"http", f.HTTP, &c.HTTP.Addr},
		{"ftp", f.FTP, &c.FTP.Addr},
		{"ftps", f.FTPS, &c.FTPS.Addr},
		{"sftp", f.SFTP, &c.SFTP.Addr},
		{"tftp", f.TFTP, &c.TFTP.Addr},
		{"smb", f.SMB, &c.SMB.Addr},
	}
}

// put checks the addresses as the settings' own and puts them into doors.
func (f doorFlags) put(c config.Config, doors map[string]string) error {
	for _, d := range f.all(&c) {
		if d.value == "" {
			continue
		}
		*d.setting = d.value
		if err := c.Validate(); err != nil {
			return usage{fmt.Errorf("--%s %s: %w", d.name, d.value, cause(err)), rightAddress("--"+d.name, err)}
		}
		doors[d.name] = d.value
	}
	return nil
}
