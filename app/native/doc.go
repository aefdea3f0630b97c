// Package native is what a desktop gives to a program beside a window: notices, the file manager,
// starting at login, keeping the computer awake, entries in menus, and word of what the desktop offers.
//
// There is one file per noun and system: _xdg for systems whose desktops follow freedesktop.org
// (Linux foremost), _windows, _darwin. Every type is handed its connection and its folders, so that
// nothing here reaches for a desktop by itself.
//
// It decides nothing about shares and knows nothing of the server. It opens no window and no tray
// icon, runs no shell, and never starts a message bus.
package native
