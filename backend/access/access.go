// Package access answers one question: what may this identity do at this place of the tree?
//
// It is pure rules over values: no I/O, no clock, no database. Names reaching it are canonical
// tree paths ("/", "/photos/cat.jpg": cleaned, absolute, resolved by vfs); it must never see a
// name as a client sent it, and answers "nothing" to one that is not canonical. Whatever is
// decided anywhere in the program is decided here.
package access
