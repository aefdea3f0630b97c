// Package webdav speaks WebDAV (RFC 4918, classes 1, 2 and 3) at the tree of the web door: what HTTP
// has not, which is properties, locks and the conditions of the If field. Getting, putting, copying,
// moving and removing are the web door's own, and so are the places: "/", "/dav/" (the caller's home)
// and "/s/KEY/".
//
// It translates to verbs of a vfs.Session. It checks no right and cleans no path, keeps no lock and no
// property (the core does, for every door), opens no file, and holds nothing but whether it is switched
// on and what was asked last. PROPPATCH is read and answered by golang.org/x/net/webdav, to which one
// resource is shown.
//
//	door.go                     switched on and off; it has no port of its own
//	handler.go fail.go          methods, and errors as RFC 4918 wants them
//	propfind.go ask.go live.go multistatus.go   looking
//	proppatch.go                properties that are hung on a name
//	lock.go timeout.go          locks
//	condition.go parseif.go     the If field
//	document.go                 XML of strangers: bounded, no document types, strict about namespaces
package webdav
