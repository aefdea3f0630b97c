package mdns

import (
	"strings"

	"golang.org/x/net/dns/dnsmessage"
)

const nsec = dnsmessage.Type(47)

// nothingElse says that a name of ours has no other records than these, so that nobody who wants another
// kind waits for an answer (RFC 6762, 6.1).
func nothingElse(all []dnsmessage.Resource) dnsmessage.Resource {
	var kinds [32]byte // RFC 4034, 4.1.2: a bit for each of the first 256 types
	most := 0
	for _, r := range all {
		n := int(r.Header.Type) / 8 // ours are below 256
		kinds[n] |= 0x80 >> (r.Header.Type % 8)
		most = max(most, n+1)
	}
	name := all[0].Header.Name.String()
	data := append(wire(name), 0, byte(most))
	return recordOf(name, nsec, inet|flush, hostTTL, &dnsmessage.UnknownResource{Type: nsec, Data: append(data, kinds[:most]...)})
}

// wire is a name as packets hold it. Names of ours have no dots within their parts.
func wire(name string) (out []byte) {
	for label := range strings.SplitSeq(strings.TrimSuffix(name, "."), ".") {
		out = append(append(out, byte(len(label))), label...)
	}
	return append(out, 0)
}
