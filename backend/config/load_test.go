package config

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	c, err := Parse("config.toml", []byte(`
# mine
general.name = "Studio laptop"

[http]
addr = "127.0.0.1:0"
fallback_ports = [0x50, 1_000]
timeouts = { stall = "1h30m", idle = "1d" }
[limits]
file_size = "2 MiB"
[quota]
bytes.ada = 5000
files."@staff" = 7

[[volume]]
path = "/photos"
folder = "/srv/photos"
perms = { "*" = "r", "@staff" = "rwmd" }
trash = false
floor = "1.5GB"

[[volume]]
path = "/in box"
folder = "/srv/in"
[volume.perms]
ada = "A"
`))
	if err != nil {
		t.Fatal(err)
	}
	want := Defaults()
	want.General.Name = "Studio laptop"
	want.HTTP.Addr = "127.0.0.1:0"
	want.HTTP.FallbackPorts = []int{80, 1000}
	want.HTTP.Timeouts.Stall = 90 * Minute
	want.HTTP.Timeouts.Idle = Day
	want.Limits.FileSize = 2 << 20
	want.Quota.Bytes = map[string]Size{"ada": 5000}
	want.Quota.Files = map[string]int{"@staff": 7}
	one, two := DefaultVolume(), DefaultVolume()
	one.Path, one.Folder, one.Perms, one.Trash = "/photos", "/srv/photos", map[string]string{"*": "r", "@staff": "rwmd"}, false
	one.FloorBytes = 1500 * MB
	two.Path, two.Folder, two.Perms = "/in box", "/srv/in", map[string]string{"ada": "A"}
	want.Volumes = []Volume{one, two}
	if d := cmp.Diff(want, c); d != "" {
		t.Error(d)
	}
	if len(Defaults().Quota.Bytes) != 0 {
		t.Error("reading a file changed the defaults")
	}
}

// Every message names line, column, key, and the line that would be right.
func TestProblems(t *testing.T) {
	for text, want := range map[string]string{
		"[http]\nadress = \":80\"":                         `c.toml:2:1: http.adress: there is no such key; did you mean addr?; right would be: addr = ":80"`,
		"[http]\n  tls.mdoe = \"off\"":                     `c.toml:2:3: http.tls.mdoe: there is no such key; did you mean mode?; right would be: mode = "off"`,
		"[htpp]\naddr = \":80\"":                           `c.toml:1:2: htpp: there is no such key; did you mean http?; right would be: [http]`,
		"[[volumes]]\npath = \"/a\"":                       `c.toml:1:3: volumes: there is no such key; did you mean volume?; right would be: [[volume]]`,
		"[volume]\npath = \"/a\"":                          `c.toml:1:2: volume: there can be several of these, so its header has two brackets; right would be: [[volume]]`,
		"[general]\nstall = \"5s\"":                        `c.toml:2:1: general.stall: there is no such key here; it belongs to another section; right would be: [http.timeouts] ⏎ stall = "5s"`,
		"xyzzyxyzzy = 1":                                   `c.toml:1:1: xyzzyxyzzy: there is no such key; there are: general, http, webdav, ftp, ftps, sftp, tftp, smb, network, limits, quota, rate, keep, accounts, log, volume`,
		"http = 3":                                         `c.toml:1:1: http: this is a section, not a whole number; right would be: [http]`,
		"[http]\nfallback_ports = 80":                      `c.toml:2:1: http.fallback_ports: this is a list, not a whole number; right would be: fallback_ports = [80]`,
		"[http]\nfallback_ports = [80, \"81\"]":            `c.toml:2:23: http.fallback_ports[2]: this is a whole number, not a text; right would be: fallback_ports = [3924, 3925, 0]`,
		"[http]\nfallback_ports = [80, 65536]":             `c.toml:2:23: http.fallback_ports[2]: this must be from 0 to 65535; right would be: fallback_ports = [65535]`,
		"[http]\naddr = 3923":                              `c.toml:2:1: http.addr: this is a text in quotes, not a whole number; right would be: addr = "3923"`,
		"[http]\naddr = \"3923\"":                          `c.toml:2:1: http.addr: a colon is missing before the port; right would be: addr = ":3923"`,
		"[http]\naddr = \"192.168.1.2\"":                   `c.toml:2:1: http.addr: the port is missing; right would be: addr = "192.168.1.2:3923"`,
		"[http]\naddr = \"::1\"":                           `c.toml:2:1: http.addr: the port is missing; right would be: addr = "[::1]:3923"`,
		"[http]\naddr = \":http\"":                         `c.toml:2:1: http.addr: "http" is no port; ports are numbers from 0 to 65535; right would be: addr = ":3923"`,
		"[http]\naddr = \"\"":                              `c.toml:2:1: http.addr: an address is missing; "off" closes the door; right would be: addr = ":3923"`,
		"[http]\ntrusted_proxies = [\"10.0.0.5/8\"]":       `c.toml:2:20: http.trusted_proxies[1]: the network's address has bits behind its mask; right would be: trusted_proxies = ["10.0.0.0/8"]`,
		"[http]\npublic_url = \"files.example.org\"":       `c.toml:2:1: http.public_url: http:// or https:// is missing; right would be: public_url = "https://files.example.org"`,
		"[http]\npublic_url = \"https://e.org/x?y\"":       `c.toml:2:1: http.public_url: only scheme, name and port belong here; right would be: public_url = "https://e.org"`,
		"[http.timeouts]\nidle = 30":                       `c.toml:2:1: http.timeouts.idle: this is a duration in quotes, like "30s", not a whole number; right would be: idle = "30s"`,
		"[http.timeouts]\nidle = \"30\"":                   `c.toml:2:1: http.timeouts.idle: "30" is no duration; write it like 30s, 5m, 1h30m or 7d; right would be: idle = "30s"`,
		"[http.timeouts]\nidle = \"90d\"":                  `c.toml:2:1: http.timeouts.idle: this must be from 1s to 24h; right would be: idle = "1d"`,
		"[limits]\nfile_size = \"2 megs\"":                 `c.toml:2:1: limits.file_size: "2 megs" is no size; write it like 500MB, 2GB, 4GiB or 4096; right would be: file_size = "2GB"`,
		"[limits]\nfile_size = -1":                         `c.toml:2:1: limits.file_size: this must be at least 0; right would be: file_size = 0`,
		"[http.dialects]\nplik = false":                    `c.toml:1:2: http.dialects: there is no such key; there are: addr, fallback_ports, public_url, trusted_proxies, proxy_header, tls, timeouts`,
		"[quota.bytes]\nada = \"much\"":                    `c.toml:2:1: quota.bytes.ada: "much" is no size; write it like 500MB, 2GB, 4GiB or 4096; right would be: ada = "2GB"`,
		"[rate]\nup.ada = 5":                               `c.toml:2:1: rate.up.ada: slower than 10kB a second ends transfers; 0 is no limit; right would be: ada = "10kB"`,
		"[quota.files]\nada = -1":                          `c.toml:2:1: quota.files.ada: this must be at least 0; right would be: ada = 0`,
		"[rate]\nup = { \"@\" = 1 }":                       `c.toml:2:8: rate.up."@": "@" names nobody; write "*" for everyone, NAME for an account, "@GROUP" for a group; right would be: up = { "*" = "5MB", ada = 0 }`,
		"[tftp]\ndevices = { \"10.0.0.5/8\" = \"a\" }":     `c.toml:2:13: tftp.devices."10.0.0.5/8": the network's address has bits behind its mask; right would be: devices = { "192.168.1.31" = "microscope", "192.168.7.0/24" = "switches" }`,
		"[tftp]\ndevices = { \"10.0.0.5\" = \"@lab\" }":    `c.toml:2:13: tftp.devices."10.0.0.5": "@lab" is no name of an account or device; right would be: devices = { "192.168.1.31" = "microscope", "192.168.7.0/24" = "switches" }`,
		"[ftp]\npassive_from = 5000\npassive_to = 4000":    `c.toml:3:1: ftp.passive_to: the last port lies before the first; right would be: passive_to = 5099`,
		"[tftp]\nwrite = \"no\"":                           `c.toml:2:1: tftp.write: "no" is none of off, add, replace; right would be: write = "off"`,
		"[http.tls]\nmode = \"file\"":                      `c.toml:2:1: http.tls.mode: "file" is none of auto, files, off; right would be: mode = "files"`,
		"[http.tls]\nmode = \"files\"\ncert=\"/c\"":        `c.toml:1:2: http.tls.key: with mode = "files" the key's file must be named; right would be: key = "/etc/portico/key.pem"`,
		"[http.tls]\nmode = \"off\"\nrequired = true":      `c.toml:3:1: http.tls.required: nobody can be sent to an encrypted address with mode = "off"; right would be: required = false`,
		"[log]\nlevel = \"verbose\"":                       `c.toml:2:1: log.level: "verbose" is none of debug, info, warn, error; right would be: level = "debug"`,
		"[limits]\nconnections = 0":                        `c.toml:2:1: limits.connections: this must be from 1 to 1000000; right would be: connections = 1`,
		"[limits]\nconnections = 99999999999999999999":     `c.toml:2:15: decimal number is too large to fit in a 64-bit signed integer; right would be: connections = "99999999999999999999"`,
		"a = 1\na = 2":                                     `c.toml:2:1: key a is already defined`,
		"[http\naddr = 3":                                  `c.toml:1:6: expected ']' to close table name; right would be: [http]`,
		"[http]\naddr = off # no":                          `c.toml:2:8: unexpected character U+006F 'o' at start of value; right would be: addr = "off" # no`,
		"[log]\nfile = \"C:\\Users\\a\"":                   `c.toml:2:11: unicode escape sequence is too short; right would be: file = 'C:\Users\a'`,
		"[log]\nfile: /var/log":                            `c.toml:2:5: expected '=' after key; right would be: file = "/var/log"`,
		"[log]\nfile = \"/var/log\nlevel = \"info\"":       `c.toml:2:17: basic strings cannot have new lines; right would be: file = "/var/log"`,
		"[http]\nfallback_ports = [1, 2\naddr = 3":         `c.toml:3:1: expected ',' or ']' after array value`,
		"[[volume]\npath = \"/\"":                          `c.toml:1:9: expected ']]' to close array table name; right would be: [[volume]]`,
		"[http.tls]\nrequired = True":                      `c.toml:2:12: unexpected character U+0054 'T' at start of value; right would be: required = true`,
		"[volume]\nperms = { * = \"r\" }":                  `c.toml:2:11: invalid character at start of key: U+002A '*'; right would be: perms = { "*" = "r" }`,
		"ü = \"ä\" ö":                                      `c.toml:1:1: invalid character at start of key: U+00C3 'Ã'; right would be: "ü" = "ä\" ö"`,
		"[[volume]]\npath = \"/a\"":                        `c.toml:1:3: volume[1].folder: the folder is missing; right would be: folder = "/home/ada/Pictures"`,
		"[[volume]]\nfolder = \"/a\"\npath = \"a/../b/\"":  `c.toml:3:1: volume[1].path: "a/../b/" is no place in the tree: those begin with a slash and have no empty, . or .. part; right would be: path = "/b"`,
		"[[volume]]\nfolder = \"a\"\npath = \"/\"":         `c.toml:2:1: volume[1].folder: this must be a whole path, from the top of the disk; right would be: folder = "/home/ada/Pictures"`,
		vol("/a") + vol("/a"):                              `c.toml:5:1: volume[2].path: the volume number 1 lies at /a already; right would be: path = "/a-1"`,
		vol("/a") + "perms = { ada = \"read\" }":           `c.toml:4:11: volume[1].perms.ada: "read" are no rights: r read, w add, m move, d delete, g get, h index pages, a administer, . hidden names, A all; right would be: ada = "rad"`,
		vol("/a") + "perms = { \"a b\" = \"r\" }":          `c.toml:4:11: volume[1].perms."a b": "a b" names nobody; write "*" for everyone, NAME for an account, "@GROUP" for a group; right would be: "*" = "r"`,
		vol("/a") + "durability = \"quick\"":               `c.toml:4:1: volume[1].durability: "quick" is none of durable, fast; right would be: durability = "durable"`,
		"[general]\nname = \"a\\u0007b\"":                  `c.toml:2:1: general.name: this holds characters that cannot be shown; right would be: name = "Studio laptop"`,
		"[http]\nadress = \":80\"\n[log]\nlevl = \"info\"": "c.toml:2:1: http.adress: there is no such key; did you mean addr?; right would be: addr = \":80\"\nc.toml:4:1: log.levl: there is no such key; did you mean level?; right would be: level = \"info\"",
	} {
		_, err := Parse("/etc/c.toml", []byte(text))
		if err == nil {
			t.Errorf("%q: no error", text)
		} else if err.Error() != want {
			t.Errorf("%q:\n got %s\nwant %s", text, err, want)
		}
	}
}

func vol(path string) string { return "[[volume]]\npath = \"" + path + "\"\nfolder = \"/srv\"\n" }

func TestLoadMissing(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "none.toml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestParseTooLarge(t *testing.T) {
	_, err := Parse("c.toml", []byte(strings.Repeat("#\n", maxFile)))
	if err == nil || !strings.Contains(err.Error(), "larger") {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{
		"[http]\naddr = \":80\"\n", "http.tls.names = ['a', 'b']\r\n", vol("/a") + "perms = { \"*\" = \"r\" } # c",
		"[[volume]]\n[volume.perms]\nx = 'r'\n", "volume = [{path='/a'}, 3, [4]]", "[a.b.c]\n[a]\nd={e={f=[{}]}}",
		"http = { addr = ':1', # c\n tls = { mode = 'off' } }", "\ufeffa=1", "[keep]\ntrash='9999999d'", "\xff=1",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := Parse("c.toml", text)
		if err == nil {
			if err := c.Validate(); err != nil {
				t.Errorf("read without a problem, but %v", err)
			}
			return
		}
		var ps Problems
		if !errors.As(err, &ps) || len(ps) == 0 {
			t.Fatalf("%T: %v", err, err)
		}
		for _, p := range ps {
			if p.Cause == "" || p.File != "c.toml" || p.Line < 0 || p.Line > strings.Count(string(text), "\n")+1 {
				t.Errorf("%+v", p)
			}
		}
	})
}
