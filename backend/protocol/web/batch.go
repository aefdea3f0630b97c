package web

import (
	"strconv"
	"strings"

	"portico/backend/vfs"
)

// batchMost bounds what a client says of its batch; JavaScript counts so far exactly.
const batchMost = 1 << 53

// batchOf reads X-Portico-Batch, "ID; files=12; bytes=34567": what a client sends together, and how much
// that is in all. It is a claim, for showing; what makes no sense is left out.
func batchOf(header string, o *vfs.Origin) {
	id, rest, _ := strings.Cut(header, ";")
	o.Batch = strings.TrimSpace(id)
	if o.Batch == "" {
		return
	}
	for range 4 {
		var one string
		one, rest, _ = strings.Cut(rest, ";")
		name, value, _ := strings.Cut(strings.TrimSpace(one), "=")
		n, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
		if err != nil || n < 0 || n > batchMost {
			continue
		}
		switch strings.TrimSpace(name) {
		case "files":
			o.BatchFiles = n
		case "bytes":
			o.BatchBytes = n
		}
	}
}
