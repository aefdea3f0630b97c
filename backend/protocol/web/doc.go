// Package web is the HTTP door: HTTP/1.1, HTTP/2 and HTTPS on one port, and the tree at "/".
//
// It translates requests to verbs of a vfs.Session and errors to answers. It checks no right, no
// quota and no path, opens no file and keeps no truth: what it holds lives as long as a request or
// a connection. Everything below "/-/" that is not a page is the API's, which is handed in.
//
//	door.go split.go peek_*.go crowd.go flow.go watch.go   connections: accept, tell TLS, bound, watch, stop
//	place.go credential.go cookie.go proxy.go trusted.go   who asks, and which session a path belongs to
//	routes.go tree.go signin.go ask.go                     the reserved places and the verbs at "/"
//	get.go folder.go listing.go info.go ls.go text.go page.go archive.go thumb.go pack.go   reading
//	put.go partial.go post.go change.go                    writing
//	negotiate.go fail.go                                   answers and errors in the form that the client reads
package web
