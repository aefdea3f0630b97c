//go:build desktop

package app

// macOS paints the shape in the colour of its bar.
const trayGround, trayForm = "template", ".png"
