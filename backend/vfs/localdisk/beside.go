package localdisk

import (
	"strings"
)

// clearBeside removes what this instance left beside targets in the folder base, when nothing else is
// in it and nobody has it open: people see that folder empty. It reports whether it removed anything.
func (d *Disk) clearBeside(in dir, base string) bool {
	h, err := in.find(base, noLinks)
	if err != nil {
		return false
	}
	defer h.close()
	inner, err := h.dir()
	if err != nil {
		return false
	}
	defer inner.close()
	l, err := inner.list()
	if err != nil {
		return false
	}
	defer l.Close()
	names, err := l.Readdirnames(-1)
	if err != nil {
		return false
	}
	y := yard{in: inner, prefix: d.beside()}
	for _, n := range names {
		id, mine := strings.CutPrefix(n, y.prefix)
		if !mine || validID(id, 128) && !y.free(id) {
			return false
		}
	}
	for _, n := range names {
		inner.unlink(n)
	}
	return len(names) > 0
}
