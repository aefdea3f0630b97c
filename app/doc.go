// Package app is Portico as a program: the command line and what it prints.
//
// It holds a backend/server and talks to it, or to an instance that runs already, through the one
// control interface; it opens no database and no served file itself, and decides nothing about who
// may do what.
package app
