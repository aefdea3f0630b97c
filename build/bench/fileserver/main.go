// Command fileserver is the plainest file server that Go can be: what Portico's reading is compared
// with, and, with "dav" behind the folder, its WebDAV. It checks nothing and tells nobody.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	"golang.org/x/net/webdav"
)

func main() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("http http://%s/\nready\n", l.Addr())
	var h http.Handler = http.FileServer(http.Dir(os.Args[1]))
	if len(os.Args) > 2 {
		h = &webdav.Handler{FileSystem: webdav.Dir(os.Args[1]), LockSystem: webdav.NewMemLS()}
	}
	log.Fatal(http.Serve(l, h))
}
