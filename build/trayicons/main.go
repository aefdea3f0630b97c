// Command trayicons draws every icon of the tray out of the sign (assets/sign.svg), and writes them to
// stdout as a tar archive. It is a program of its own, so that build needs nothing but the standard
// library.
package main

import (
	"archive/tar"
	"bytes"
	"fmt"
	"os"
	"regexp"
)

func main() {
	if err := write(); err != nil {
		fmt.Fprintln(os.Stderr, "trayicons:", err)
		os.Exit(1)
	}
}

func write() error {
	svg, err := os.ReadFile("assets/sign.svg")
	if err != nil {
		return err
	}
	found := regexp.MustCompile(`\bd="([^"]+)"`).FindSubmatch(svg)
	if found == nil {
		return fmt.Errorf("the sign has no path")
	}
	sign, err := outline(string(found[1]))
	if err != nil {
		return err
	}
	out := tar.NewWriter(os.Stdout)
	for _, s := range shades() {
		for _, f := range faces() {
			for _, form := range s.forms {
				if err := add(out, f.name+"-"+s.name+form.ext, form.pack(sign, f, s)); err != nil {
					return err
				}
			}
		}
	}
	return out.Close()
}

func add(out *tar.Writer, name string, text []byte) error {
	if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))}); err != nil {
		return err
	}
	_, err := out.Write(text)
	return err
}

// form is a kind of file.
type form struct {
	ext  string
	pack func(sign mask, f face, s shade) []byte
}

// picture is a PNG for panels, which make it as small as they like.
var picture = form{".png", func(sign mask, f face, s shade) []byte { return encode(draw(sign, f, s, 48)) }}

// icon is the container of Windows, which takes PNG since Vista.
var icon = form{".ico", func(sign mask, f face, s shade) []byte {
	sizes := []int{16, 32, 48}
	var pictures [][]byte
	for _, size := range sizes {
		pictures = append(pictures, encode(draw(sign, f, s, size)))
	}
	var b bytes.Buffer
	b.Write([]byte{0, 0, 1, 0, byte(len(sizes)), 0})
	at := 6 + 16*len(sizes)
	for i, p := range pictures {
		b.Write([]byte{byte(sizes[i]), byte(sizes[i]), 0, 0, 1, 0, 32, 0})
		for _, n := range []int{len(p), at} {
			b.Write([]byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)})
		}
		at += len(p)
	}
	for _, p := range pictures {
		b.Write(p)
	}
	return b.Bytes()
}}
