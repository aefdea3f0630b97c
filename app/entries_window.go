//go:build desktop

package app

// windowed says whether this program has a window.
const windowed = true
