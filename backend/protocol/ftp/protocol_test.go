package ftp

import (
	"errors"

	"fmt"
	"io/fs"
	"net/url"
	"os/exec"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
)

// TestProtocol puts the door through the suite of all doors, with curl and with lftp;
// encrypted they are in TestProtocolCross.
func TestProtocol(t *testing.T) {
	for _, d := range ftpDoors(t) {
		if d.Name == "by curl in the clear" || d.Name == "by lftp in the clear" {
			t.Run(d.Name, func(t *testing.T) { protocoltest.Run(t, d) })
		}
	}
}

func TestProtocolCross(t *testing.T) { protocoltest.Cross(t, ftpDoors(t)...) }

func ftpDoors(t *testing.T) (doors []protocoltest.Door) {
	for _, program := range []string{"curl", "lftp"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program + " is not installed")
		}
	}
	for _, how := range []struct {
		name, scheme, label string
		security            Security
		encrypted           bool
	}{
		{"in the clear", "ftp", "ftp", Optional, false},
		{"with explicit TLS", "ftp", "ftp", Required, true},
		{"with implicit TLS", "ftps", "ftps", Implicit, true},
	} {
		for _, program := range []string{"curl", "lftp"} {
			if program == "lftp" && how.security == Implicit {
				continue // as explicit, but for the first byte
			}
			doors = append(doors, protocoltest.Door{Name: "by " + program + " " + how.name, Label: how.label,
				Start: func(t *testing.T, h *protocoltest.House) protocoltest.Server {
					o := Options{Name: how.label, Security: how.security}
					if how.encrypted {
						o.Certificate = certificate(t)
					}
					d := serveHouse(t, h, o)
					return &server{program, fmt.Sprintf("%s://%s", how.scheme, d.Addrs()[0]), how.encrypted}
				}})
		}
	}
	return doors
}

type server struct {
	program, url string
	encrypted    bool
}

func (s *server) Client(t *testing.T, who string) protocoltest.Client {
	c := common{t, s.url, who, s.encrypted}
	if s.program == "lftp" {
		return &lftpClient{c}
	}
	return &curlClient{c}
}

// common is what both clients need.
type common struct {
	t         *testing.T
	base, who string
	encrypted bool
}

// KeepsBoth: what comes to a taken name from who may only add is kept beside it.
func (c *common) KeepsBoth() {}

// login is a name and its password.
func (c *common) login() (name, secret string) {
	if c.who == "" {
		return "anonymous", "me@example.org"
	}
	return c.who, protocoltest.Password(c.who)
}

// url is that of a name. The path of an FTP URL begins at the folder where one starts; with one more
// slash, at the top.
func (c *common) url(name string) string {
	parts := strings.Split(strings.TrimPrefix(name, "/"), "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return c.base + "/" + strings.Join(parts, "/")
}

// said turns what the door said last into an error: its own codes tell more than FTP's.
func said(told string) error {
	for _, row := range []struct {
		code string
		err  error
	}{ // lftp tries again and asks for other things then: what it met first counts
		{"[FS-QUOTA-01]", protocoltest.ErrFull}, {"[FS-LOCK-01]", protocoltest.ErrLocked}, {"[ACC-RIGHT-01]", fs.ErrPermission},
		{"[ACC-SIGN-01]", fs.ErrPermission}, {"[FS-NAME-02]", fs.ErrExist}, {"[FS-KIND-01]", errFolder}, {"[FS-NONE-01]", fs.ErrNotExist},
	} {
		if strings.Contains(told, row.code) {
			return fmt.Errorf("%w: %s", row.err, last(told))
		}
	}
	return fmt.Errorf("%w: %s", protocoltest.ErrRefused, last(told))
}

func last(told string) string {
	lines := strings.Split(strings.TrimSpace(told), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " / ")
}

// facts reads a list in MLSD's form.
func factsIn(list string) (names []string) {
	for line := range strings.Lines(list) {
		facts, name, ok := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		if !ok {
			continue
		}
		if strings.Contains(facts, "type=dir;") {
			name += "/"
		}
		names = append(names, name)
	}
	return names
}

// errFolder is a file's verb that met a folder.
var errFolder = errors.New("it is a folder")
