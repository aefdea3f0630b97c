// Package group tells networks that this computer is here by packets to a multicast group, to whoever
// asks by packets to that asker alone, and the rest by HTTP: SSDP and WS-Discovery work so. Both are a
// Speech here: pure translation, without a socket of its own.
//
// A Voice has one socket and one listener for each network, at the address that this computer has there,
// and on no other; for IPv6, where a Speech wants it, one more of each. It hears only who is on that
// network, never answers an address that could be many computers, and answers one address and all together
// a few times a second: what comes may be forged, so that the answers hit somebody else. It knows nothing of
// what is served.
//
// Package mdns has its own voice, and shares the Socket, the Pace and One.
package group
