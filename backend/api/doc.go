// Package api is the HTTP API of Portico: everything below "/-/" except the static files of the
// pages. It is a door: it turns requests into verbs of a vfs.Session, of account and of share, and
// their answers into JSON. It decides nothing about files and reaches none but through a session.
//
//	/-/api/…             operations, described at /-/api/openapi.json (OpenAPI 3.1)
//	/-/events            server-sent events (events.go)
//	/-/tus/              resumable uploads (package tus)
//	/-/qr  /-/health
//
// Every path in a body is a URL path as the browser sees it, not percent-encoded: "/photos/x.jpg",
// or "/s/k7qf2mzx/x.jpg" inside a share. The path itself carries the right to a share, so the pages
// of a share need no other credential.
package api
