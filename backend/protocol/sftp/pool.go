package sftp

import "sync"

// pool lends buffers that hold a whole packet with its length. An idle connection holds none.
type pool struct{ p sync.Pool }

func (p *pool) get() *[]byte {
	if b, ok := p.p.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, 4+mostPacket)
	return &b
}

func (p *pool) put(b *[]byte) { p.p.Put(b) }
