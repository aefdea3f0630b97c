package archive

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"time"

	"portico/backend/vfs"
)

// Plan is one archive before it is packed. It belongs to the session it was made from and is used
// by one goroutine at a time.
type Plan struct {
	packer   *Packer
	session  *vfs.Session
	format   Format
	members  []member
	layout   layout
	size     int64
	tag      string
	modified time.Time

	Files   int   // members that are files
	Folders int   // members that are folders
	Bytes   int64 // of the files
	Left    int   // entries that could not be read and are named in the text file
}

// member is one name of an archive.
type member struct {
	name    string // inside the archive, "/"-separated; a folder's ends in "/"
	path    string // in the session's tree; "" where body is the content
	body    []byte
	version string
	size    int64
	mod     int64 // Unix seconds
	off     int64 // where it begins in the archive
}

func (m *member) folder() bool { return strings.HasSuffix(m.name, "/") }

// layout is what a format puts around the content of members.
type layout interface {
	// head is what precedes a member's content.
	head(buf []byte, m *member) []byte
	// foot is what follows it. sum is its CRC32.
	foot(buf []byte, m *member, sum uint32) []byte
	// tail is what follows the last member; piece is called with its parts in order.
	tail(p *Plan, sum func(*member) (uint32, error), piece func([]byte) error) error
	// summed reports whether foot and tail need the member's check sum.
	summed(m *member) bool
}

func processors() int { return runtime.GOMAXPROCS(0) }

// Plan looks at everything that r names. Errors are those of Stat and Walk on the folder itself;
// what is refused further down is left out and reported inside the archive.
func (p *Packer) Plan(s *vfs.Session, r Request) (*Plan, error) {
	plan := &Plan{packer: p, session: s, format: r.Format}
	switch r.Format {
	case Zip:
		plan.layout = zipLayout{}
	default:
		plan.layout = tarLayout{}
	}
	c := &collector{plan: plan, request: r, limit: p.o.Members}
	if err := c.collect(); err != nil {
		return nil, err
	}
	if err := plan.place(); err != nil {
		return nil, err
	}
	return plan, nil
}

// place gives every member its offset, and the archive its length and tag.
func (p *Plan) place() error {
	digest := sha256.New()
	fmt.Fprintf(digest, "portico archive 1 %d\n", p.format)
	var buf, numbers []byte
	var newest int64
	for i := range p.members {
		m := &p.members[i]
		m.off = p.size
		buf = p.layout.head(buf[:0], m)
		p.size += int64(len(buf)) + m.size
		buf = p.layout.foot(buf[:0], m, 0)
		p.size += int64(len(buf))
		newest = max(newest, m.mod)

		numbers = binary.AppendVarint(binary.AppendVarint(numbers[:0], m.size), m.mod)
		fmt.Fprintf(digest, "%d %s%d %s%x", len(m.name), m.name, len(m.version), m.version, numbers)
		digest.Write(m.body)
	}
	if newest > 0 {
		p.modified = time.Unix(newest, 0)
	}
	p.tag = strings.ToLower(base32.StdEncoding.EncodeToString(digest.Sum(nil)[:20]))
	none := func(*member) (uint32, error) { return 0, nil }
	return p.layout.tail(p, none, func(b []byte) error {
		p.size += int64(len(b))
		return nil
	})
}

// Size is the archive's length in bytes, -1 for compressed formats.
func (p *Plan) Size() int64 {
	if !p.format.Sized() {
		return -1
	}
	return p.size
}

// Version is equal for two plans exactly when their archives are equal byte for byte.
func (p *Plan) Version() string { return p.tag }

// Modified is the newest time among the members.
func (p *Plan) Modified() time.Time { return p.modified }

// Format is what was asked for.
func (p *Plan) Format() Format { return p.format }
