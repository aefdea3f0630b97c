package native

// AutostartState is what happens at login.
type AutostartState struct {
	On    bool   // the desktop starts the program
	Stale bool   // on, but with a program that is not there (any more)
	Path  string // the program that is started
}
