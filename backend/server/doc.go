// Package server builds the house: it opens the store, mounts the volumes, and opens the doors, in
// the order in which each needs the other, and closes them the other way round.
//
// doors.go is the one list of doors. Nothing here decides about a file or a person; it hands every
// room its own part of the configuration and a logger with its name. The Go runtime raises the
// limit of open files at start; nothing is to be done for that.
package server
