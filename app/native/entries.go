package native

// Picture is one size of the program's icon. Size is in pixels; 0 is an SVG that fits every size.
type Picture struct {
	Size int
	Data []byte
}

// label is what the entries are called in every file manager.
const label = "Share with Portico"
