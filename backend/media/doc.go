// Package media makes small pictures of big ones: JPEG thumbnails of JPEG, PNG, GIF and WebP files,
// turned upright, kept in a bounded cache on disk.
//
// Decoders read what strangers sent, so everything is bounded: pixels are counted before they are
// decoded, few pictures are worked on at once, a broken one is an error and never a crash. It opens
// no served file itself: content comes in as a Source that vfs handed out.
package media
