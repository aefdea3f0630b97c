// Package ftp is the FTP door: RFC 959 with the commands that clients and instruments use today (RFC
// 2228, 2389, 2428, 3659, 4217), in the clear, with explicit TLS, and, as a door of its own, with TLS
// from the first byte.
//
// A file appears only when its upload is known to be whole. In FTP the end of the data connection is
// the end of the file, and a program that is killed ends it just as well; therefore nothing is
// committed unless the control connection is still there a moment later (stor.go). What a cut upload
// brought is kept for the same identity, which sees its length by SIZE and goes on by REST or APPE;
// no listing shows it and nobody can fetch it.
//
// Guests and holders of links begin again. Two of them who come from one address by one name are one for
// this protocol, and whatever could tell them apart (an address, what they type for a password) others have,
// too: what one of them left could be seen, and filled, by another. Over HTTP a visit has a secret of its own.
//
// Bytes are never changed: TYPE A is accepted and means the same as TYPE I. The door checks no right
// and opens no file: every verb is one of the session's. It joins what is asked to the folder that a
// client is in and leaves all cleaning to the core (name.go).
package ftp
