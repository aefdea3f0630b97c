package archive

import (
	"hash/crc32"
	"sync"
)

// sums remembers check sums by version, so that a resumed download need not read everything again.
// A version names content, so an entry is never wrong; when it is full it starts over.
type sums struct {
	most int

	mu    sync.Mutex
	young map[string]uint32
	old   map[string]uint32
}

func newSums(most int) *sums {
	return &sums{most: max(most/2, 1), young: make(map[string]uint32)}
}

func (s *sums) get(version string) (uint32, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sum, ok := s.young[version]; ok {
		return sum, true
	}
	sum, ok := s.old[version]
	return sum, ok
}

func (s *sums) put(version string, sum uint32) {
	if version == "" {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.young) >= s.most {
		s.old, s.young = s.young, make(map[string]uint32)
	}
	s.young[version] = sum
}

func sumOf(b []byte) uint32 { return crc32.ChecksumIEEE(b) }
