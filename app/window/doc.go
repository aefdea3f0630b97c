// Package window is the window of the desktop program: a browser without a bar, on the page that the
// control listener serves, and what only a window can give: places dropped on it, the system's
// dialogs, the clipboard.
//
// It shows and hides; it decides nothing, knows no share and speaks to no server: whoever makes it
// hands in the address and is called back. What needs Wails is built with the tag desktop only.
package window
