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
// 64 KiB, as the system bounds those; a larger one is refused, and the file stays as it is. Resource forks
// of any length would be files named "._" and the name (fruit:resource = file), which lie where everybody
// sees them and stay behind when the file goes through another door: forks of that size are rare, and the
// files are not.
//
// The modules are loaded for everybody: nothing in a Mac's first message is sure to be a Mac's. Measured with
// Samba 4.17, a client that uses none of it has smbd make the same 57 system calls for a small file with and
// without them, of which two more are answered by the view's mount (the lists of rights of the folder, of
// which it has none), and the connection takes as long as before. Letter case is the view's, for
// which smbd has to be told that it counts: so a Mac is told, too (fruit has no setting of its own for that).
// Of the suite vfs.fruit the door passes what smbd passes straight on a folder with these settings. Time
// Machine is not offered: what is cut is thrown away here, and it wants handles that outlive connections.
package samba
