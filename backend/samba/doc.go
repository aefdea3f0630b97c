// Package samba runs Samba's smbd as a child of this program: one process for each connection, which is
// handed the connection itself, speaks SMB on it, and ends with it. It needs no administrator rights, and
// where this program has them, the child gives them up.
//
// It knows nothing of what is served: the one share of its configuration lies where its caller mounts a
// view, below a name that the caller makes up for each connection and then below the name of who has
// signed in. It keeps nothing: everything that smbd wants on a disk lies in a folder that is made at each
// start and goes at the end.
//
// # Macs
//
// Where smbd has its modules fruit and streams_xattr, every client may keep named streams, and Macs get the
// answers that they expect of one another. A stream is one extended attribute of the view, and so at most
// 64 KiB, as the system bounds those; a larger one is refused, and the file stays as it is. Only the resource
// fork, which is larger in many old pictures and fonts, is a file named "._" and the name, as on disks that
// know no streams: refused, it could keep a Mac from copying the file at all. It goes with its file by this
// door, and is not shown to those to whom such names are not shown.
//
// The modules are loaded for everybody: nothing in a Mac's first message is sure to be a Mac's. Measured with
// Samba 4.17, a client that uses none of it has smbd make the same 57 system calls for a small file with and
// without them; small files and lists cost 6 to 9 % more of the processor. Letter case is the view's, for
// which smbd has to be told that it counts: so a Mac is told, too (fruit has no setting of its own for that).
// Of the suite vfs.fruit the door passes what smbd passes straight on a folder with these settings. Time
// Machine is not offered: what is cut is thrown away here, and it wants handles that outlive connections.
package samba
