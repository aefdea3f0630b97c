package web

import (
	"io"
	"net/http"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// packAfter is from how many bytes on compressing pays.
const packAfter = 1400

// packed returns a writer for a body that is text: it is compressed when the client takes gzip and
// the body is long. The status is written with the first bytes. Close ends the body.
func packed(w http.ResponseWriter, r *http.Request, status int) *packer {
	return &packer{w: w, status: status, may: packs(r) && r.Method != http.MethodHead}
}

type packer struct {
	w      http.ResponseWriter
	status int
	may    bool
	held   []byte // until it is known whether the body is long
	out    io.Writer
	gz     *gzip.Writer
}

func (p *packer) Write(b []byte) (int, error) {
	if p.out != nil {
		return p.out.Write(b)
	}
	if p.may && len(p.held)+len(b) < packAfter {
		p.held = append(p.held, b...)
		return len(b), nil
	}
	p.begin(p.may)
	if len(p.held) > 0 {
		if _, err := p.out.Write(p.held); err != nil {
			return 0, err
		}
	}
	return p.out.Write(b)
}

func (p *packer) begin(pack bool) {
	p.out = p.w
	if pack {
		p.gz = packers.Get().(*gzip.Writer)
		p.gz.Reset(p.w)
		p.out = p.gz
		p.w.Header().Set("Content-Encoding", "gzip")
	}
	p.w.WriteHeader(p.status)
}

// Close ends the body. A client that is gone is nobody's error.
func (p *packer) Close() {
	if p.out == nil {
		p.begin(false)
		_, _ = p.out.Write(p.held)
	}
	if p.gz != nil {
		_ = p.gz.Close()
		packers.Put(p.gz)
		p.gz = nil
	}
}

// packers keeps compressors: each holds some hundred KiB.
var packers = sync.Pool{New: func() any {
	gz, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	return gz
}}
