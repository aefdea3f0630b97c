package vfs

import (
	"crypto/sha256"
	"encoding"
	"encoding/hex"
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
	front int64 // bytes below are hashed

	restarts int   // how often hashing began anew
	touched  int64 // the lowest offset written since the last step began

	stepping sync.Mutex // one step at a time
}

func newDigest() *digest { return &digest{sha: sha256.New()} }

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
	d.crc = crc32.Update(d.crc, crc32.IEEETable, p)
	d.front += int64(len(p))
}

func (d *digest) reset() {
	d.sha.Reset()
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

// digestState is a digest that can be laid down in a journal and taken up again.
type digestState struct {
	Front int64
	SHA   []byte
	CRC   uint32
}

func (d *digest) state() (digestState, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.sha.(encoding.BinaryMarshaler).MarshalBinary()
	return digestState{Front: d.front, SHA: b, CRC: d.crc}, err
}

func (d *digest) restore(s digestState) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.sha.(encoding.BinaryUnmarshaler).UnmarshalBinary(s.SHA); err != nil {
		d.reset()
		return err
	}
	d.front, d.crc = s.Front, s.CRC
	return nil
}

// hexOf writes a digest as text, "" for none.
func hexOf(b []byte) string { return hex.EncodeToString(b) }
