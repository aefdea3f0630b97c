// Package media makes small pictures of big ones: JPEG thumbnails of JPEG, PNG, GIF and WebP files,
// turned upright, kept in a bounded cache on disk.
//
// Decoders read what strangers sent, so everything is bounded: what a picture will take is counted
// before it is decoded, all that are worked on share one budget of memory, each has its time, a broken
// one is an error and never a crash. It opens
// no served file itself: content comes in as a Source that vfs handed out.
package media
