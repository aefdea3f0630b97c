package qr

import (
	"fmt"
	"net/url"
	"strings"
)

// alphanumeric is what the alphanumeric mode of a QR code can hold.
const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// Upper returns address in capitals where that names the same place: scheme and host never depend
// on case, and a path does not when the whole of it is a short link of ours (/s/KEY). Everything
// else, and whatever would not fit the alphanumeric mode anyway, is returned unchanged.
func Upper(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return address
	}
	if u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.ContainsAny(address, "?#") {
		return address
	}
	if !ours(u.EscapedPath()) {
		return address
	}
	upper := strings.ToUpper(address)
	for _, c := range upper {
		if !strings.ContainsRune(alphanumeric, c) {
			return address
		}
	}
	return upper
}

// ours reports whether path is empty, "/", or a short link: "/s/" and a key of letters and digits.
func ours(path string) bool {
	if path == "" || path == "/" {
		return true
	}
	if len(path) < 4 || !strings.EqualFold(path[:3], "/s/") {
		return false
	}
	key := strings.TrimSuffix(path[3:], "/")
	for _, c := range []byte(key) {
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return key != ""
}

// plain writes the letters of a web address that are not ASCII as percent signs do: scanners guess
// the alphabet of anything else. Other text stays as it is.
func plain(text string) string {
	if !strings.HasPrefix(text, "http://") && !strings.HasPrefix(text, "https://") {
		return text
	}
	var b strings.Builder
	for _, c := range []byte(text) {
		if c < 0x80 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
