package archive

import (
	"archive/tar"
	"bytes"
	"time"
)

const tarBlock = 512

// tarLayout writes ustar headers, and pax ones where a name or size needs them.
type tarLayout struct{}

func (tarLayout) summed(*member) bool { return false }

func (tarLayout) head(b []byte, m *member) []byte {
	h := &tar.Header{Name: m.name, Mode: 0o644, Size: m.size, ModTime: time.Unix(m.mod, 0), Typeflag: tar.TypeReg}
	if m.folder() {
		h.Typeflag, h.Mode = tar.TypeDir, 0o755
	}
	buf := bytes.NewBuffer(b)
	if err := tar.NewWriter(buf).WriteHeader(h); err != nil {
		// safeNames left nothing that the format cannot hold.
		panic("archive: " + err.Error())
	}
	return buf.Bytes()
}

// foot fills the last block.
func (tarLayout) foot(b []byte, m *member, _ uint32) []byte {
	if rest := m.size % tarBlock; rest > 0 {
		b = append(b, make([]byte, tarBlock-rest)...)
	}
	return b
}

func (tarLayout) tail(_ *Plan, _ func(*member) (uint32, error), piece func([]byte) error) error {
	return piece(make([]byte, 2*tarBlock))
}
