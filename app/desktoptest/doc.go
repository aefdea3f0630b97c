// Package desktoptest runs the desktop program as people do: on a screen of its own that nobody sees,
// with a window manager, a panel and a message bus of its own, a mouse and a keyboard. It holds tests
// only; `go run ./build test` builds the program, names it in PORTICO_DESKTOP and runs them.
package desktoptest
