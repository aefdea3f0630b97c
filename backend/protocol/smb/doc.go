// Package smb is the door for SMB, which Windows, macOS, Linux desktops, televisions and printers know as
// shared folders. Samba speaks it: one unprivileged smbd for each connection (room samba), over a view of
// the core that this program shows to the kernel (view). So rights, quotas, hashes, events and the trash
// hold here as at every door; smbd never sees the served folders themselves.
//
// The door says who may sign in, begins their sessions, sees to it that half a file stays nothing when a
// client is cut, and ends connections. It checks no right and opens no file.
//
// A door of our own was weighed: versions 2 and 3 with signing, encryption, leases and NTLM are some ten
// thousand lines that only the real clients of Windows and macOS can judge. Samba has been judged by them for
// decades, and the view keeps it away from the folders.
//
// Only on Linux: on Windows and macOS the system itself holds SMB's port.
package smb
