//go:build unix && !darwin

package native

// desktopID is the name of the .desktop file and of the icon: what desktops know the program by.
const desktopID = "portico"
