// Package drivertest is the suite that every storage driver passes: the contract of package driver,
// as tests. A driver supplies a Maker and calls Run; what its Caps do not promise is skipped, visibly.
//
// It speaks to a driver only through package driver. To play foreign programs (links, pipes, races) it
// uses the host's own file calls, on drivers whose Harness names a folder.
package drivertest
