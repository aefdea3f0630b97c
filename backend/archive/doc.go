// Package archive packs a part of a session's tree into one zip or tar stream.
//
// An archive is planned first: every member with its size and version. From the plan follow the
// length, a strong entity tag and what stands at every offset, so that a broken download goes on
// where it stopped, byte for byte the same. When a file is not what was planned any more, the
// stream breaks off (ErrChanged); it is never silently wrong. What cannot be read is left out when
// the plan is made and named in a text file inside the archive.
//
// It reads through a vfs.Session only, keeps nothing but check sums in memory, and knows no HTTP.
package archive

import (
	"errors"

	"portico/backend/vfs"
)

// ErrChanged says that a file is not what it was when the archive was planned. What was sent so far
// is right; the rest must be asked for with a new plan.
var ErrChanged = errors.New("changed while it was packed")

// Format of an archive.
type Format uint8

const (
	Zip Format = iota // stored, UTF-8 names, zip64 where needed
	Tar
	TarGzip
	TarZstd
)

// Ext is the ending of its file name.
func (f Format) Ext() string { return [...]string{".zip", ".tar", ".tar.gz", ".tar.zst"}[f] }

// Type is its media type.
func (f Format) Type() string {
	return [...]string{"application/zip", "application/x-tar", "application/gzip", "application/zstd"}[f]
}

// Sized reports whether length and ranges are known before it is packed.
func (f Format) Sized() bool { return f == Zip || f == Tar }

// Request says what to pack.
type Request struct {
	Format Format
	Folder string   // path in the session's tree
	Names  []string // only these entries of the folder, each with all below; none: the whole folder
	Top    string   // name of the folder that holds everything inside the archive; "" for none
}

// Options for New. Zero fields take the defaults.
type Options struct {
	Members int // most members of one archive; 500,000
	Sums    int // check sums that are remembered; 200,000
	Workers int // goroutines that look into files or compress, per archive; the number of processors
}

// Packer makes plans. It is safe for concurrent use.
type Packer struct {
	o    Options
	sums *sums
}

// New returns a Packer.
func New(o Options) *Packer {
	fill(&o.Members, 500_000)
	fill(&o.Sums, 200_000)
	fill(&o.Workers, processors())
	return &Packer{o: o, sums: newSums(o.Sums)}
}

func fill(field *int, value int) {
	if *field == 0 {
		*field = value
	}
}

// errMany is what a plan with too many members ends with.
func errMany(folder string) error {
	return &vfs.Error{Verb: "pack", Path: folder, Err: vfs.ErrTooLarge, Text: "This folder holds too many files for one archive. Choose some of its folders."}
}
