//go:build !linux

package web

// sendPiece is small enough that a slow client's progress shows between two of them.
const sendPiece = 256 << 10

// acked is not known on this system.
func (l *link) acked() int64 { return 0 }

// cork cannot be had on this system.
func (l *link) cork(bool) bool { return false }
