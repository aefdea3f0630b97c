// Package discovery knows the networks of this computer: which address a phone in the same room can
// open, which network that is, and when either changes. Rank judges a Table of interfaces and is
// pure, so that every reported miss becomes a row of its corpus (testdata/tables.txt); Networks groups
// it by network and is pure, too; Read makes the Table of this machine, Meet asks who the routers are;
// Watch tells when it is worth reading again.
//
// Itself it opens no port. Meet sends one empty packet to a router whose hardware address the system does
// not know yet. What is said on the networks stands in mdns/, ssdp/ and wsd/, and who asked there in
// Askers, which all of them fill.
package discovery
