// Command apitypes prints the TypeScript types of the API. `go run ./build generate` keeps them in the
// page sources. It is a program of its own so that the build starts without the whole house.
package main

import (
	"fmt"
	"os"

	"portico/backend/api/typescript"
)

func main() {
	text, err := typescript.Generate()
	if err == nil {
		_, err = os.Stdout.Write(text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "apitypes:", err)
		os.Exit(1)
	}
}
