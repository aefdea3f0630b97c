// Package tray is Portico's icon beside the clock, and its menu.
//
// What the menu holds and how the icon looks is a pure function of what the API says (Menu, Look).
// Everything else goes the way that anybody goes: requests to the control listener (Client). The
// thin binding to the system's tray (Start) exists with the build tag desktop only. It must not
// decide anything, and knows neither the window nor the server.
package tray
