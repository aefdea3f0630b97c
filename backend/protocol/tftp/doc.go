// Package tftp is the TFTP door: what routers, phones, bench instruments and boot programs fetch and
// send files with. It speaks RFC 1350 with options (2347), block sizes (2348), time-outs and sizes
// (2349) and windows (7440), in octets and netascii, each transfer on a port of its own.
//
// TFTP has no login and hides nothing. Who comes is told by the address alone: the owner names an
// account or device for it, and everybody else is a guest; who comes from a network that is not in
// the list gets no answer at all, so that nobody can have answers sent to somebody else.
//
// A success is told only when the file is there: the last block of an upload is acknowledged after the
// commit. What was cut, ran out of time or was refused leaves nothing. It checks no right, cleans no
// path and opens no file.
package tftp
