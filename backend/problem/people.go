package problem

// fromPeople translates what account and share say; nil when err is none of theirs.
func fromPeople(err error) *Problem { return nil }
