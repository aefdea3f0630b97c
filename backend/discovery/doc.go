// Package discovery knows the networks of this computer: which address a phone in the same room
// can open, and when that changes. Rank judges a Table of interfaces and is pure, so that every
// reported miss becomes a row of its corpus (testdata/tables.txt); Read makes the Table of this
// machine; Watch tells when it is worth reading again.
//
// It opens no port and sends nothing.
package discovery
