package vfs_test

import (
	"flag"
	"testing"

	"go.uber.org/goleak"
)

// TestMain makes the random tests repeat themselves, and short enough for every day; -rapid.seed and
// -rapid.checks explore further.
func TestMain(m *testing.M) {
	flag.Parse()
	for name, everyDay := range map[string]string{"rapid.seed": "20261121", "rapid.checks": "30"} {
		if f := flag.Lookup(name); f.Value.String() == f.DefValue {
			if err := f.Value.Set(everyDay); err != nil {
				panic(err)
			}
		}
	}
	goleak.VerifyTestMain(m)
}
