//go:build !linux

package localdisk

// bootID: when the system was started last is not known here.
func bootID() string { return "" }
