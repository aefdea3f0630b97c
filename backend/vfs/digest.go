package vfs

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"
	"sync"
)

// digest hashes a pending write along its frontier: bytes are hashed as they come in order; what came
// out of order is read back from the stage once the gap before it has closed. It is safe for
// concurrent use.
type digest struct {
	mu    sync.Mutex
	sha   hash.Hash
	crc   uint32
	more  map[string]hash.Hash // by name: what was asked for besides
	front int64                // bytes below are hashed

	restarts int   // how often hashing began anew
	touched  int64 // the lowest offset written since the last step began

	stepping sync.Mutex // one step at a time
}

func newDigest(more ...string) *digest {
	d := &digest{sha: sha256.New()}
	for _, name := range more {
		if d.more == nil {
			d.more = make(map[string]hash.Hash)
		}
		d.more[name] = newHash(name)
	}
	return d
}

// newHash makes one of the digests that CreateOptions.Digests may ask for, nil for another name.
func newHash(name string) hash.Hash {
	switch name {
	case "md5":
		return md5.New()
	case "sha1":
		return sha1.New()
	case "sha512":
		return sha512.New()
	}
	return nil
}

// checkDigests refuses names that are no digest.
func checkDigests(names []string) error {
	for _, name := range names {
		if newHash(name) == nil {
			return fmt.Errorf("digest %q: %w", name, errors.ErrUnsupported)
		}
	}
	return nil
}

// feed takes bytes that were written at off, and reports whether they were hashed.
func (d *digest) feed(p []byte, off int64) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.touched = min(d.touched, off)
	if off < d.front {
		d.reset() // hashed bytes were overwritten
	}
	if off != d.front {
		return false
	}
	d.hash(p)
	return true
}

func (d *digest) hash(p []byte) {
	d.sha.Write(p)
	for _, h := range d.more {
		h.Write(p)
	}
	d.crc = crc32.Update(d.crc, crc32.IEEETable, p)
	d.front += int64(len(p))
}

func (d *digest) reset() {
	d.sha.Reset()
	for _, h := range d.more {
		h.Reset()
	}
	d.crc, d.front = 0, 0
	d.restarts++
}

// cut follows a truncation.
func (d *digest) cut(size int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.touched = min(d.touched, size)
	if size < d.front {
		d.reset()
	}
}

// hashed returns up to where all is hashed, and how often hashing began anew.
func (d *digest) hashed() (front int64, restarts int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.front, d.restarts
}

// step hashes a buffer's worth of what lies in r between the frontier and end; writes may come
// meanwhile, and what they touched is not taken. It holds no lock of the digest while it reads.
func (d *digest) step(r io.ReaderAt, end int64, buf []byte) (done bool, err error) {
	d.stepping.Lock()
	defer d.stepping.Unlock()
	d.mu.Lock()
	from, restarts := d.front, d.restarts
	d.touched = math.MaxInt64
	d.mu.Unlock()
	n := min(end-from, int64(len(buf)))
	if n <= 0 {
		return true, nil
	}
	got, err := r.ReadAt(buf[:n], from)
	if err == io.EOF {
		err = nil // truncated meanwhile: commit looks whether all is hashed
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.front != from || d.restarts != restarts {
		return false, err // overtaken
	}
	if sure := min(int64(got), d.touched-from); sure > 0 {
		d.hash(buf[:sure])
	}
	return int64(got) < n || d.front >= end, err
}

// sums returns the digests of everything below the frontier.
func (d *digest) sums() (sha []byte, crc uint32) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sha.Sum(nil), d.crc
}

// others returns the digests that were asked for besides, lower-case hex by name.
func (d *digest) others() map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.more) == 0 {
		return nil
	}
	out := make(map[string]string, len(d.more))
	for name, h := range d.more {
		out[name] = hexOf(h.Sum(nil))
	}
	return out
}

// digestState is a digest that can be laid down in a journal and taken up again.
type digestState struct {
	Front int64
	SHA   []byte
	CRC   uint32
	More  map[string][]byte `json:",omitempty"`
}

func (d *digest) state() (digestState, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := digestState{Front: d.front, CRC: d.crc}
	var err error
	if s.SHA, err = d.sha.(encoding.BinaryMarshaler).MarshalBinary(); err != nil {
		return s, err
	}
	for name, h := range d.more {
		if s.More == nil {
			s.More = make(map[string][]byte)
		}
		if s.More[name], err = h.(encoding.BinaryMarshaler).MarshalBinary(); err != nil {
			return s, err
		}
	}
	return s, nil
}

// restore takes a state up; when it cannot, hashing begins anew.
func (d *digest) restore(s digestState) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	err := d.sha.(encoding.BinaryUnmarshaler).UnmarshalBinary(s.SHA)
	for name, h := range d.more {
		if err == nil {
			err = h.(encoding.BinaryUnmarshaler).UnmarshalBinary(s.More[name])
		}
	}
	if err != nil {
		d.reset()
		return err
	}
	d.front, d.crc = s.Front, s.CRC
	return nil
}

// hexOf writes a digest as text, "" for none.
func hexOf(b []byte) string { return hex.EncodeToString(b) }
