// Package roomtest is another computer on two networks of this one, for tests of what is said there:
// heard by nobody else, and nobody else is heard. It needs Linux and root.
package roomtest
