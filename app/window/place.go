package window

// Place is where the window was, and how large.
type Place struct {
	X         int  `json:"x"`
	Y         int  `json:"y"`
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	Maximised bool `json:"maximised,omitempty"`
}

const (
	standardWidth, standardHeight = 1100, 720
	leastWidth, leastHeight       = 520, 420
	mostSide                      = 16384
)

// Known reports whether somebody ever placed the window.
func (p Place) Known() bool { return p.Width > 0 && p.Height > 0 }

// size is the size to start with, whatever was remembered.
func (p Place) size() (width, height int) {
	if !p.Known() {
		return standardWidth, standardHeight
	}
	return min(max(p.Width, leastWidth), mostSide), min(max(p.Height, leastHeight), mostSide)
}

// frame is about what a window manager draws above a window.
const frame = 64

// within is the place on a screen of that size: it may have been remembered on a larger one.
func (p Place) within(width, height int) Place {
	height -= frame
	p.Width, p.Height = min(p.Width, width), min(p.Height, height)
	p.X, p.Y = max(0, min(p.X, width-p.Width)), max(0, min(p.Y, height-p.Height))
	return p
}
