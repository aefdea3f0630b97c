package server

import "portico/backend/api"

// What the window and the tray give to the house, by the names that the program knows them.
type (
	Desktop            = api.Desktop
	DesktopClipboard   = api.DesktopClipboard
	DesktopPreferences = api.DesktopPreferences
	DesktopChange      = api.DesktopChange
	DesktopEvent       = api.DesktopEvent
)
