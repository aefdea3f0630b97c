package native

import "errors"

// ErrAbsent is wrapped by every error that only says that this desktop does not offer something: no
// message bus, no notification service, no file manager. It is a fact to be told once, not a fault.
var ErrAbsent = errors.New("this desktop does not offer it")
