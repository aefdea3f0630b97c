//go:build linux && !amd64 && !arm64

package localdisk_test

const foldingEnv = "PORTICO_TEST_FOLDING"

// serveFolding: the library for file systems in user space does not build here.
func serveFolding(places string) int { return 1 }
