// Command portico shares folders of this computer; everything it does is in package app.
package main

import (
	"os"

	"portico/app"
)

func main() { os.Exit(app.Main()) }
