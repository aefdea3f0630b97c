// Package samba runs Samba's smbd as a child of this program: one process for each connection, which is
// handed the connection itself, speaks SMB on it, and ends with it. It needs no administrator rights, and
// where this program has them, the child gives them up.
//
// It knows nothing of what is served: the one share of its configuration lies where its caller mounts a
// view, below a name that the caller makes up for each connection and then below the name of who has
// signed in. It keeps nothing: everything that smbd wants on a disk lies in a folder that is made at each
// start and goes at the end.
package samba
