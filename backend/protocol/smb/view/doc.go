// Package view shows sessions of the core as a file system of the kernel (FUSE), for smbd: below the mount
// lies a folder for each visit, of an unguessable name, below that one for each user who signed in on it,
// and there the tree as that user's session shows it.
//
// It is the part of the SMB door that translates: it decides nothing and opens nothing but through a
// vfs.Session. It knows no SMB; that whoever closes a file has finished it is told by the visit (Lives).
package view
