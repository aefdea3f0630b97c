package native

// Turn is something that befalls the computer.
type Turn string

// The turns that are watched.
const (
	Sleeping       Turn = "sleeping" // it is about to sleep; there is a moment, not more
	Woke           Turn = "woke"
	NetworkChanged Turn = "network" // connected, disconnected, or another network
)
