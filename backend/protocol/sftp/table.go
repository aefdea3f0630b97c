package sftp

import (
	"encoding/binary"
	"time"

	"portico/backend/vfs"
)

const (
	mostOpen    = 256       // files and folders open at once in one conversation
	mostEntries = 1_000_000 // names of open folders that wait to be read
)

// handle is one open file or folder.
type handle struct {
	name   string // as it was asked
	file   *vfs.File
	of     *handle // reads what that writes, until it is closed
	closed bool

	writer *vfs.Writer
	clean  string    // the name, as it is read
	mtime  time.Time // that it is to have; zero: the time of its end
	reads  bool      // the writer was opened for reading, too
	append bool      // what is written goes to the end, wherever the client says
	keep   bool      // when it is cut, what came waits to be gone on with
	came   bool      // something was written
	spoilt bool      // a part could not be written: what came is not the file

	folder bool
	list   []vfs.Entry
	next   int
}

// table holds what is open. Numbers are never given twice, so that a closed handle stays closed.
type table struct {
	open    map[uint32]*handle
	last    uint32
	entries int
	writers int
}

func (t *table) add(h *handle) (number uint32, err error) {
	if len(t.open) >= mostOpen || t.entries+len(h.list) > mostEntries && t.entries > 0 {
		return 0, errMany
	}
	if t.open == nil {
		t.open = make(map[uint32]*handle)
	}
	t.last++
	t.open[t.last] = h
	t.entries += len(h.list)
	if h.writer != nil {
		t.writers++
	}
	return t.last, nil
}

// find reads a handle; nil where there is none such.
func (t *table) find(p *packet) (*handle, uint32) {
	b := p.bytes()
	if len(b) != 4 {
		return nil, 0
	}
	n := binary.BigEndian.Uint32(b)
	return t.open[n], n
}

func (t *table) drop(number uint32) {
	h := t.open[number]
	t.entries -= len(h.list)
	if h.writer != nil {
		t.writers--
	}
	delete(t.open, number)
}

// closeAll ends what a client left open: writes are not finished by that.
func (t *table) closeAll() {
	for _, h := range t.open {
		h.leave()
	}
	t.open = nil
}

// leave gives back what a handle stands for without finishing it.
func (h *handle) leave() {
	switch {
	case h.file != nil:
		h.file.Close()
	case h.writer != nil && h.keep && h.came && !h.spoilt:
		// There is nobody to tell; the core has logged it.
		_ = h.writer.Keep()
	case h.writer != nil:
		_ = h.writer.Abort()
	}
}
