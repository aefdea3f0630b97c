package access

import "strings"

// Right is a set of verbs. The letters are the ones that copyparty's volume flags use,
// so that both vocabularies name the same thing.
type Right uint16

const (
	Read   Right = 1 << iota // r: list folders, read files
	Write                    // w: add files and folders under new names
	Move                     // m: take a name away by renaming
	Delete                   // d: remove; together with Write also replace
	Get                      // g: read a file whose exact name is known, list nothing
	Upget                    // G: as Get, and be told the keys of one's own uploads
	HTML                     // h: a folder answers with its index.html
	Admin                    // a: administer the volume
	Dots                     // .: see names that begin with a dot
)

// Full is everything that a person may be given over files, without administration.
const Full = Read | Write | Move | Delete | Get

const letters = "rwmdgGha."

// String returns the letters of r in their usual order, "" for none.
func (r Right) String() string {
	var b strings.Builder
	for i := range len(letters) {
		if r&(1<<i) != 0 {
			b.WriteByte(letters[i])
		}
	}
	return b.String()
}

// Covers reports whether whoever holds r may hand out want: every verb of it is in r, or is part of
// one that is (who may list and read may also read by name).
func (r Right) Covers(want Right) bool {
	if r.Has(Read) {
		r |= Get
	}
	return r.Has(want)
}

// fileOnly is what r gives on a single file that is shared alone: to read it by its name, but not to
// list it, so that nothing is told should it ever turn into a folder.
func (r Right) fileOnly() Right {
	if r.Has(Read) {
		r |= Get
	}
	return r &^ (Read | HTML | Upget)
}

// Has reports whether r holds every verb of want.
func (r Right) Has(want Right) bool { return r&want == want }

// Any reports whether r holds at least one verb of want.
func (r Right) Any(want Right) bool { return r&want != 0 }

// ParseRight reads letters in any order; "A" stands for "rwmda.".
// ok is false when a letter is unknown or the text is empty.
func ParseRight(text string) (r Right, ok bool) {
	for _, c := range text {
		if c == 'A' {
			r |= Read | Write | Move | Delete | Admin | Dots
			continue
		}
		i := strings.IndexRune(letters, c)
		if i < 0 {
			return 0, false
		}
		r |= 1 << i
	}
	return r, text != ""
}
