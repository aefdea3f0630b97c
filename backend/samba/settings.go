//go:build linux

package samba

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// Share is the name of the one share.
const Share = "portico"

// aside is from how many bytes on smbd reads and writes in another thread: for less, the change of thread costs
// more than what is gained by the next request being read meanwhile.
const aside = "65537"

// settings are smbd's. What is off is off because the view behind the share has no such thing (permissions of
// its own, attributes of DOS and OS/2), because it is the view's (letter case, locks over doors), or
// because whoever is cut has to begin anew and must not be left with half a file (durable handles).
func (p place) settings(name string, encrypt bool, modules []string) string {
	var b strings.Builder
	line := func(key, value string) { fmt.Fprintf(&b, "\t%s = %s\n", key, value) }
	b.WriteString("[global]\n")
	for key, dir := range map[string]string{
		"private dir": "private", "state directory": "state", "cache directory": "cache", "lock directory": "lock",
		"pid directory": "pid", "ncalrpc dir": "ncalrpc", "binddns dir": "binddns",
	} {
		line(key, p.dir+"/"+dir)
	}
	for _, s := range [][2]string{
		{"server role", "standalone server"}, {"workgroup", "WORKGROUP"}, {"server string", oneLine(name)},
		{"passdb backend", "smbpasswd:" + p.dir + "/smbpasswd"},
		{"guest account", "nobody"}, {"map to guest", "never"}, {"restrict anonymous", "0"},
		{"server min protocol", "SMB2_10"}, {"ntlm auth", "ntlmv2-only"}, {"lanman auth", "no"},
		{"disable netbios", "yes"}, {"disable spoolss", "yes"}, {"load printers", "no"}, {"printcap name", "/dev/null"},
		{"log level", "0 auth_audit:2"}, {"max log size", "64"},
		{"rpc start on demand helpers", "yes"},
		{"unix extensions", "no"}, {"wide links", "no"}, {"follow symlinks", "no"},
		{"store dos attributes", "no"}, {"map archive", "no"}, {"map hidden", "no"}, {"map system", "no"}, {"map readonly", "no"},
		{"ea support", "no"}, {"nt acl support", "no"},
		{"posix locking", "no"}, {"kernel oplocks", "no"}, {"change notify", "no"}, {"kernel change notify", "no"}, {"durable handles", "no"},
		{"case sensitive", "yes"}, {"mangled names", "no"},
		{"strict allocate", "no"}, {"strict sync", "yes"}, {"aio read size", aside}, {"aio write size", aside},
		{"use sendfile", "yes"}, {"deadtime", "0"}, {"keepalive", "60"},
		{"socket options", "TCP_NODELAY SO_KEEPALIVE TCP_KEEPIDLE=60 TCP_KEEPINTVL=15 TCP_KEEPCNT=4"},
	} {
		line(s[0], s[1])
	}
	if len(modules) > 0 {
		line("vfs objects", strings.Join(modules, " "))
		for _, s := range forMacs() {
			line(s[0], s[1])
		}
	}
	if encrypt {
		line("server smb encrypt", "required")
	}
	fmt.Fprintf(&b, "[%s]\n", Share)
	line("path", p.view()+"/%$("+visitVariable+")/%u")
	line("read only", "no")
	// What it makes is at once as the view shows it: it need not set that first.
	for _, key := range []string{"create mask", "directory mask", "force create mode", "force directory mode"} {
		line(key, "0700")
	}
	return b.String()
}

// oneLine keeps a text from being more than the value of one setting.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`%\"';#=[]`, r) {
			return ' '
		}
		return r
	}, text)
}

// Login is who may sign in, by which password.
type Login struct {
	Name string
	UID  uint32   // by which the view tells who owns what; no two are alike
	Hash [16]byte // the NT hash of the password
}

// Carried reports whether a name can be written into smbd's files, and comes back from it unchanged.
func Carried(name string) bool {
	return name != "" && name != "nobody" && !strings.ContainsFunc(name, func(r rune) bool {
		return r < ' ' || strings.ContainsRune("%$`\"';:/\\<>|*?+=,[]@", r)
	})
}

// users are the files that tell smbd who there is: the system's own users are nobody to it.
func (p place) users(logins []Login) (passwd, group, secrets string) {
	var users, hashes strings.Builder
	fmt.Fprintf(&users, "nobody:x:%d:%d::/:/bin/false\n", p.uid, p.gid)
	for _, l := range logins {
		name := strings.ToLower(l.Name)
		fmt.Fprintf(&users, "%s:x:%d:%d::/:/bin/false\n", name, l.UID, p.gid)
		fmt.Fprintf(&hashes, "%s:%d:%s:%s:[U          ]:LCT-00000001:\n", name, l.UID, strings.Repeat("X", 32), strings.ToUpper(hex.EncodeToString(l.Hash[:])))
	}
	return users.String(), fmt.Sprintf("portico:x:%d:\n", p.gid), hashes.String()
}
