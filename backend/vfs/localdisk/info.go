package localdisk

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"portico/backend/vfs/driver"
)

func kindOf(m meta) driver.Kind {
	switch {
	case m.isDir():
		return driver.KindFolder
	case m.isFile():
		return driver.KindFile
	case m.isLink():
		return driver.KindLink
	}
	return driver.KindOther
}

func infoOf(name string, m meta, linked bool) driver.Info {
	i := driver.Info{Name: name, Kind: kindOf(m), ModTime: time.Unix(0, m.mtime), Version: version(m), Linked: linked}
	if i.Kind == driver.KindFile {
		i.Size = m.size
	}
	return i
}

// version digests what changes with the content: 16 characters.
func version(m meta) string {
	var b [40]byte
	for i, v := range [5]uint64{m.dev, m.ino, uint64(m.size), uint64(m.mtime), uint64(m.ctime)} {
		binary.LittleEndian.PutUint64(b[8*i:], v)
	}
	sum := sha256.Sum256(b[:])
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}
