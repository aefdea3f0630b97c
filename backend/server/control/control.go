// Package control is how the command line reaches a running Portico on the same computer: a Unix
// socket of mode 0600 in the data folder, where the system says who calls (on Windows a named pipe
// with the same guarantees). The master of a data folder is whoever has its store open.
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
