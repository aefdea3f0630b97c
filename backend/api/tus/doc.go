// Package tus receives files in pieces: a server of the tus 1.0.0 protocol over vfs Writers, with
// creation, creation-with-upload, creation-defer-length, termination, expiration and checksum.
//
// An upload is a pending write of vfs and nothing else: what its metadata said is kept as the
// writer's note, what arrived is what the writer holds, and after a restart both are there again.
// Its address is /-/tus/ID, or /-/tus/s/KEY/ID for the holder of a share; the identity that began
// it must be there again to go on, the sign-in may be another one. The piece that completes it
// commits, and answers X-Portico-Name, X-Portico-Sha256 and ETag.
//
// It keeps no file, no path and no right of its own.
package tus
