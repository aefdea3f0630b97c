// Package backend is everything that serves. It holds no code: this page is the plan of the house as
// it stands, and arch_test.go checks what a machine can check of it.
//
// # Nouns
//
// A Volume is one served folder, mounted at a path of the tree and kept by a storage driver. An Entry
// is a name in the tree. An Identity is who asks: the owner of this computer, an account, a guest,
// whoever holds a link or a token, a device. A Grant is what an identity may do below a path. A
// Session is one identity speaking through one door from one address: the only handle on files that
// anything above the core gets. A Writer is one pending write: invisible until committed, gone when
// aborted, resumable by its id, also after a crash. A Guard is asked before an operation and may
// refuse; an Event is a fact published after it, and nobody vetoes. A Share is a link to a path.
//
// Guards before, listeners after is the whole model of extension.
//
// # Rooms
//
//	access/        pure rules: may this identity do this here?
//	event/         what happened: the types, the durable log's bus, the sentences
//	store/         portico.db, one file per noun, migrations; the only SQL
//	config/        one Config: defaults, read, check, explain, change
//	account/       who somebody is: passwords, sessions, tokens, keys, grants
//
//	vfs/           the core: resolve → guard → act → commit → publish
//	  driver/      the seam below it; localdisk/ is the driver for disks, objectsim/ and refusals/
//	               are drivers for tests, drivertest/ is what every driver must pass
//	  limit/       the guard of how fast bytes move
//	  vfstest/     a whole core for the tests of others
//
//	share/         links: what their holders may do, until when, and which devices are let in
//	quota/         the guard of how much somebody stores
//	archive/       many files as one: zip, tar
//	media/         small pictures of big ones
//	problem/       the one table from errors to words
//	discovery/     which networks this computer is on, and which of its addresses others can open;
//	               mdns/ tells them by name that it is here, and finds other file servers; ssdp/ and wsd/
//	               tell Windows; group/ has the sockets of all three, and what they answer when
//	certificate/   the certificate with which doors speak TLS
//	hostkey/       the keys with which they speak SSH
//	listen/        opening ports
//	diagnose/      why nobody arrives: what is in the way, in words
//	qr/            drawing an address
//	device/        what to call a visitor's device
//
//	protocol/web/  the HTTP door: the tree at "/", pages, listings, uploads; wire/ is HTTP's own rules,
//	               entry/ who comes by a name and a secret, stream/ the connections of doors whose
//	               clients stay on one, protocoltest/ what every door must pass
//	protocol/webdav/ WebDAV at the web door's tree: properties, locks, the conditions of the If field
//	protocol/ftp/  the FTP doors: commands and data connections; what makes an upload whole
//	protocol/sftp/ the SSH door: SFTP by packets, scp; no shell
//	protocol/tftp/ the TFTP door: each transfer on a port of its own, who comes by the address alone
//	protocol/smb/  the SMB door: Samba speaks it, over a view of the tree (view/) that the kernel shows it
//	samba/         runs Samba's smbd, one unprivileged program for each connection
//	api/           our own API below "/-/": OpenAPI from Go types, events, resumable uploads (tus/)
//
//	server/        builds the house; doors.go is the one list of doors, console*.go what the owner
//	               does on the command line, control/ the socket that it comes through, examine*.go
//	               what doctor looks at, machine/ how doctor and diagnosis see firewalls, networks,
//	               disks and the clock, places.go and network*.go where this
//	               computer is and where links pause, arrivals.go and people*.go who comes and who is kept out
//
// Above: ../app is the program (command line; with the build tag desktop its window, in app/window, and
// tray, in app/tray, over app/native), ../frontend the pages, ../build the build program.
//
// # Who may import whom
//
//	app ──► server ──► doors ──► services ──► vfs ──► access, event, store, account, config
//
// The table with the reason for each row is in arch_test.go.
//
// # Rules that do not bend
//
//  1. A door cannot decide. It translates its wire to Session verbs and errors back.
//  2. A door cannot forget. Events, limits, locks and hashing happen below it.
//  3. Only vfs drivers touch served files. Only store holds SQL. No globals: every room is handed its
//     part of the settings and a logger with its name.
//  4. A share, a token or a device is an Identity with narrower grants, judged at every request
//     against the present rights of whoever it acts for.
//  5. Adding a door costs its folder, its settings and one row in server/doors.go. Adding a reaction
//     costs one listener and one line.
//
// # One HTTP port
//
// HTTP and HTTPS answer on the same port; the first byte decides. The tree lives at "/". Reserved
// first segments are one table, web.Reserved, which `portico help urls` prints. The owner exists on
// the control listeners only (server/controls.go): the Unix socket in the data folder, and, where it
// is asked for, a listener on loopback that wants a token in a header. That one also serves the owner's
// page, /-/window, which holds nothing of anybody and takes the token from the fragment of its address.
//
// # State
//
// Everything lies in the data folder, mode 0700: config.toml (settings, the person's file),
// portico.db (the truth), portico.db-clean (it was closed in order, and need not be checked whole),
// portico.lock (one program at a time), portico.reserve (holds nothing: its room is for removals on a full disk),
// accounts.key (the secret half of signing in by password alone), certificate.pem and .key (signed by
// itself, made once and kept: a local authority comes later), certificate-rsa.pem and .key (the same for
// devices that know RSA only, once there are some), ssh-*.key (the keys of the SSH door),
// smb-*.place (where Samba's passing folders lie, so that the next start takes away what a killed one
// left), control.sock and control.token while it runs, desktop.json and desktop.running (what the window
// remembers, and that it has not ended in order), cache/ (may be deleted at any time). On every served
// disk, in .portico/: uploads that are not finished, the trash, old versions. Texts that were dropped on
// the window lie beside the data folder, which is never served.
package backend
