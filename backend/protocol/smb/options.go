package smb

import (
	"log/slog"

	"portico/backend/account"
	"portico/backend/listen"
	"portico/backend/protocol/entry"
)

// doorName is what events call this door.
const doorName = "smb"

// GuestName is the user that guests come as, and their password: Windows lets nobody in without one.
const GuestName = "guest"

// Options of a Door. Entry, Accounts and Data are needed.
type Options struct {
	Listen   listen.Spec
	Entry    *entry.Entry
	Accounts *account.Accounts
	Data     string // the data folder
	Name     string // of this computer
	Encrypt  bool   // nobody comes in who does not encrypt
	Most     int    // connections in all, each of which is a program; 0: 64
	Each     int    // connections from one address; 0: as many
	// Trouble is told why nobody can come in any more, and nil when they can again; nil: nobody is told.
	Trouble func(why error)
	Log     *slog.Logger
}
