// Package entry lets people in through doors that ask for a name and a secret and then stay with one
// client: FTP, SFTP and others like them. All of them thereby know the same names.
//
//	NAME            an account or a device, by its password, a token or a key
//	s.KEY           whoever holds the link /s/KEY; its password, if it has one, else anything
//	anonymous, ftp  guests, where guests may do anything at all; anything as password
//
// An account of such a name comes before what the name means otherwise. What somebody may do is not
// asked here: that is the core's, at every verb, and it ends the session of whoever is not the same
// any more (vfs.ErrClosed).
package entry
