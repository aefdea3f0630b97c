// Package mdns tells the local networks by multicast DNS (RFC 6762, 6763) that this computer serves,
// answers for its name in .local, and finds other Porticos and file servers.
//
// It speaks and listens, by IPv4 and IPv6, on the interfaces that it was given and on no other. Whatever
// it hears was said by somebody who may lie: names are cleaned, addresses must belong to the network that
// was asked, and there is an end to how many. It knows nothing of what is served, and opens no port but 5353/UDP,
// which all speakers of multicast DNS of a computer share.
package mdns
