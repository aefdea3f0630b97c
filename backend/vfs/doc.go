// Package vfs is the core of Portico: one tree of volumes, and the only handle on files that
// anything above it gets.
//
// A Tree mounts Volumes, each kept by a driver. Tree.Session binds one access.Identity, speaking
// through one door from one address, to the tree; every verb on it takes the same five steps in one
// visible place: resolve → guard → act → commit → publish.
//
//   - resolve: the only code that turns names into places; handle first, then judge the real object.
//   - guard: ordered; admit, grow, verify, release; the first refusal wins.
//   - act: reading opens; writing stages on the disk of the target folder.
//   - commit: the only code that makes a file appear; old content or new content, never a mix.
//   - publish: exactly one durable event per change.
//
// A door translates: it cannot decide and it cannot forget. vfs knows a door only as a label in
// Origin. It imports the ground (access, event, store) and vfs/driver, nothing above.
package vfs
