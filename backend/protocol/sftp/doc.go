// Package sftp is the SSH door: files by SFTP version 3 (draft-ietf-secsh-filexfer-02, with the extensions
// of OpenSSH that its clients use) and by the two forms in which scp speaks without it.
//
// People sign in by password, by keyboard-interactive, by a key of their account, or as anonymous; who they
// are says protocol/entry. One connection is one vfs.Session, whatever number of channels it opens. What is
// written appears when its handle is closed in order; what was cut waits for its writer.
//
// It gives no shell, forwards no port and no agent, sets no variable and runs no program. It cleans no
// path, checks no right and opens no file itself.
package sftp
