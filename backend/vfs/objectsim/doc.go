// Package objectsim is a storage driver that behaves like an object store of the S3 kind, in memory: so
// that vfs is written from the first day against what such a store cannot do.
//
// What it imitates:
//
//   - a flat space of keys; folders are prefixes, kept alive by a marker object "name/"
//   - whole objects are put at once: a put over an existing key is atomic, but "only if the key is
//     free" is a look and then a put, with a gap between
//   - no random writes: a stage grows at its end only
//   - no rename: a file is copied and deleted, and for a moment both are there; a folder is refused
//   - listings by prefix come in pages of 1,000 keys, and may change between pages
//   - reading holds on to the object that was looked up only while it is read from start to end;
//     a seek is a new request, which fails when the object was replaced meanwhile
//   - no appending, no links, keys of at most 1,024 bytes of valid UTF-8
//
// It is meant for tests. It must not be served: nothing in it outlives the process.
package objectsim
