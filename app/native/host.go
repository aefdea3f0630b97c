package native

// Host is what the desktop offers at the moment.
type Host struct {
	Bus           bool // there is a session, with a bus where the system has such a thing
	Tray          bool // somebody shows tray icons: without it, hiding the window would hide the program
	Notifications bool // somebody shows notices
}
