package vfs

import "portico/backend/access"

// Policy returns the rules in force, for those who hand out rights. What somebody may do with a file
// is asked of a Session.
func (t *Tree) Policy() *access.Policy { return t.policy.Load() }
