// Package control is how the command line reaches a running Portico on the same computer: a Unix
// socket of mode 0600 in the data folder, where the system says who calls (on Windows a named pipe
// with the same guarantees), and the claim that makes one process the master of a data folder.
//
// It carries bytes. What is asked over it is HTTP, answered by whatever handler the server puts
// there; this package knows neither.
package control

import (
	"context"
	"errors"
	"net"
	"net/http"
)

// ErrRunning: another process is the master of this data folder.
var ErrRunning = errors.New("already in use by a running Portico")

// ErrNotRunning: nobody answers for this data folder.
var ErrNotRunning = errors.New("no Portico is running")

// Client speaks HTTP to whoever is the master of the data folder dir. Host and scheme of the
// requests do not matter. Without a master, requests fail with ErrNotRunning.
func Client(dir string) *http.Client {
	return &http.Client{Transport: &http.Transport{
		DialContext:       func(ctx context.Context, _, _ string) (net.Conn, error) { return Dial(ctx, dir) },
		DisableKeepAlives: true, // one command, one connection: nothing is left behind
	}}
}
