// Package assets holds the pictures of the desktop program, and nothing that draws them: README.md says
// what made them.
package assets

import "embed"

//go:embed tray/*.png tray/*.ico icon-192.png sign.svg
var files embed.FS

// Tray is the icon of the tray with that face, for what it stands on: light, dark, any or template. ext
// is ".png", or ".ico" for Windows (light and dark only). It is empty where there is none.
func Tray(face, ground, ext string) []byte {
	picture, _ := files.ReadFile("tray/" + face + "-" + ground + ext)
	return picture
}

// Icon is the sign for windows and lists of programs, a PNG of 192 by 192.
func Icon() []byte {
	picture, _ := files.ReadFile("icon-192.png")
	return picture
}

// Sign is the sign as an SVG, for every size.
func Sign() []byte {
	picture, _ := files.ReadFile("sign.svg")
	return picture
}
