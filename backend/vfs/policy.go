package vfs

import "portico/backend/access"

// Policy returns the rules in force.
func (t *Tree) Policy() *access.Policy { return t.policy.Load() }
