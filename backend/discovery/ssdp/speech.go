package ssdp

import (
	"bufio"
	"bytes"
	"net/http"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"time"

	"portico/backend/discovery/group"
)

const (
	device   = "urn:schemas-upnp-org:device:Basic:1"
	root     = "upnp:rootdevice"
	maxAge   = 30 * time.Minute // that others believe it without hearing it again
	askMost  = 2 << 10          // bytes of a question
	group4   = "239.255.255.250:1900"
	pagePath = "/device.xml"
)

// Speech is SSDP.
type Speech struct{}

var _ group.Speech = Speech{}

// Groups is that of IPv4 alone: who looks for devices by IPv6 does so by IPv4 as well, and would see this
// one twice.
func (Speech) Groups() []netip.AddrPort { return []netip.AddrPort{netip.MustParseAddrPort(group4)} }

// Port is one that other UPnP devices often have, too.
func (Speech) Port() int { return 49152 }

// Every is half of what others believe it for, as UPnP 1.1.2 wants it.
func (Speech) Every() time.Duration { return maxAge / 2 }

// Worth: a device without a page is of no use to anybody.
func (Speech) Worth(self *group.Self) bool { return self.Web != "" }

// Alive has one packet for each name of the device.
func (Speech) Alive(self *group.Self) (out [][]byte) {
	for _, name := range names(self) {
		out = append(out, packet("NOTIFY * HTTP/1.1", "HOST", group4, "CACHE-CONTROL", lasts(), "LOCATION", self.Page+pagePath,
			"NT", name, "NTS", "ssdp:alive", "SERVER", server(), "USN", unique(self, name)))
	}
	return out
}

// Gone has as many.
func (Speech) Gone(self *group.Self) (out [][]byte) {
	for _, name := range names(self) {
		out = append(out, packet("NOTIFY * HTTP/1.1", "HOST", group4, "NT", name, "NTS", "ssdp:byebye", "USN", unique(self, name)))
	}
	return out
}

// Answer answers searches for the device by any of its names. It does not wait as long as the searcher
// allows: that is for the many devices of one network, and this is one.
func (Speech) Answer(self *group.Self, asked []byte) (answers [][]byte, sought bool) {
	target := searched(asked)
	for _, name := range names(self) {
		if target == name || target == "ssdp:all" {
			answers = append(answers, packet("HTTP/1.1 200 OK", "CACHE-CONTROL", lasts(), "DATE", time.Now().UTC().Format(http.TimeFormat), "EXT", "",
				"LOCATION", self.Page+pagePath, "SERVER", server(), "ST", name, "USN", unique(self, name)))
		}
	}
	return answers, len(answers) > 0
}

// searched is what a packet searches for; "" where it is no search.
func searched(asked []byte) string {
	if len(asked) > askMost || !bytes.HasPrefix(asked, []byte("M-SEARCH * HTTP/1.1\r\n")) {
		return ""
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(asked)))
	if err != nil || strings.Trim(r.Header.Get("Man"), `"`) != "ssdp:discover" || r.Header.Get("Mx") == "" { // UPnP 1.2
		return ""
	}
	return r.Header.Get("St")
}

// names are those under which the device is told.
func names(self *group.Self) []string { return []string{root, "uuid:" + self.ID, device} }

// unique is the name that no other device has.
func unique(self *group.Self, name string) string {
	if id := "uuid:" + self.ID; name != id {
		return id + "::" + name
	}
	return name
}

func lasts() string { return "max-age=" + strconv.Itoa(int(maxAge.Seconds())) }

// server says what UPnP wants to be said, without versions.
func server() string { return runtime.GOOS + "/1 UPnP/1.0 Portico/1" }

// packet is a line and headers.
func packet(line string, headers ...string) []byte {
	var b bytes.Buffer
	b.WriteString(line + "\r\n")
	for n := 0; n < len(headers); n += 2 {
		b.WriteString(headers[n] + ": " + headers[n+1] + "\r\n")
	}
	b.WriteString("\r\n")
	return b.Bytes()
}
