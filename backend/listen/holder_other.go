//go:build !linux

package listen

// holder is not known on this system.
func holder(network, addr string) string { return "" }
