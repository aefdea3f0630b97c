package app

import (
	"fmt"
	"runtime"
)

// version is set when the program is linked (go run ./build binary).
var version = "dev"

type versionCommand struct{}

func (versionCommand) Run(c *console) error {
	_, err := fmt.Fprintf(c.out, "portico %s (%s, %s/%s)\n", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return err
}
