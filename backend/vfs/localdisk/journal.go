package localdisk

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
)

// A journal lies beside its stage in up to two files: .safe was synced, .fast was not. Each is
// replaced whole, and carries a number and a checksum: what power loss tore is not believed, and a
// synced journal is never lost to an unsynced one. What was not synced tells of bytes that may not have
// been either: after another start of the system it is only believed where there is none that was.
const (
	safeSuffix  = ".safe"
	fastSuffix  = ".fast"
	journalMost = 64 << 20 // bytes
	journalMark = "portico journal 1\n"
	journalHead = len(journalMark) + 8 + 8 + 4

	bootMark = "portico journal 2\n" // as the other, the data begins with when the system was started
	bootSize = 16
)

// SaveJournal replaces the record beside the content.
func (s *stage) SaveJournal(data []byte, sync bool) error {
	if s.done {
		return fs.ErrClosed
	}
	if len(data) > journalMost {
		return fault("save journal of", s.id, fmt.Errorf("%d bytes are too many", len(data)))
	}
	suffix := fastSuffix
	if sync {
		suffix = safeSuffix
	}
	s.seq++
	s.logs = true
	packed := packJournal(journalMark, s.seq, data)
	if !sync {
		boot := bootSum()
		packed = packJournal(bootMark, s.seq, append(boot[:], data...))
	}
	return fault("save journal of", s.id, replaceFile(s.in, s.base+suffix, packed, sync))
}

// Journal returns the last record that was saved whole; fs.ErrNotExist when there is none.
func (s *stage) Journal() ([]byte, error) {
	if s.done {
		return nil, fs.ErrClosed
	}
	data, _, err := readJournal(s.in, s.base)
	return data, fault("read journal of", s.id, err)
}

// bootSum tells one start of the system from another.
func bootSum() [bootSize]byte {
	sum := sha256.Sum256([]byte(bootID()))
	return [bootSize]byte(sum[:])
}

func packJournal(mark string, seq uint64, data []byte) []byte {
	b := make([]byte, 0, journalHead+len(data))
	b = append(b, mark...)
	b = binary.LittleEndian.AppendUint64(b, seq)
	b = binary.LittleEndian.AppendUint64(b, uint64(len(data)))
	b = binary.LittleEndian.AppendUint32(b, crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)))
	return append(b, data...)
}

// unpackJournal returns what is in a journal that is whole; old: the system was started since, or
// nobody knows.
func unpackJournal(b []byte) (seq uint64, data []byte, old, ok bool) {
	if len(b) < journalHead {
		return 0, nil, false, false
	}
	mark := string(b[:len(journalMark)])
	if mark != journalMark && mark != bootMark {
		return 0, nil, false, false
	}
	h := b[len(journalMark):journalHead]
	data = b[journalHead:]
	if binary.LittleEndian.Uint64(h[8:]) != uint64(len(data)) ||
		binary.LittleEndian.Uint32(h[16:]) != crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)) {
		return 0, nil, false, false
	}
	if mark == bootMark {
		if len(data) < bootSize {
			return 0, nil, false, false
		}
		old = bootID() == "" || [bootSize]byte(data) != bootSum()
		data = data[bootSize:]
	}
	return binary.LittleEndian.Uint64(h), data, old, true
}

// readJournal takes the newer of the two files that is whole.
func readJournal(in dir, base string) (data []byte, seq uint64, err error) {
	err = fs.ErrNotExist
	for _, suffix := range []string{safeSuffix, fastSuffix} {
		b, rerr := readFile(in, base+suffix, int64(journalMost+journalHead))
		if rerr != nil {
			if !errors.Is(rerr, fs.ErrNotExist) {
				return nil, 0, rerr
			}
			continue
		}
		if n, d, old, ok := unpackJournal(b); ok && (err != nil || n > seq && !old) {
			data, seq, err = d, n, nil
		}
	}
	return data, seq, err
}

func (s *stage) dropJournal() {
	if s.logs {
		dropJournal(s.in, s.base)
	}
}

func dropJournal(in dir, base string) {
	for _, suffix := range []string{safeSuffix, fastSuffix, safeSuffix + ".new", fastSuffix + ".new"} {
		in.unlink(base + suffix)
	}
}
