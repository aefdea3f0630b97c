package vfs_test

import (
	"flag"
	"testing"

	"go.uber.org/goleak"
)

// TestMain makes the random tests repeat themselves; -rapid.seed explores other ways.
func TestMain(m *testing.M) {
	flag.Parse()
	if seed := flag.Lookup("rapid.seed"); seed.Value.String() == "0" {
		if err := seed.Value.Set("20261121"); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m)
}
