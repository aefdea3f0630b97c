package archive

import (
	"bytes"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// WriteAll packs the whole archive to w; the only way for compressed formats.
func (p *Plan) WriteAll(w io.Writer) error {
	var err error
	switch p.format {
	case TarGzip:
		err = p.through(newParallel(w, p.packer.o.Workers))
	case TarZstd:
		var enc *zstd.Encoder
		enc, err = zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(p.packer.o.Workers), zstd.WithWindowSize(1<<20))
		if err == nil {
			err = p.through(enc)
		}
	default:
		_, err = p.SendTo(w, 0, p.size)
	}
	return err
}

// through sends everything through a compressor. A compressor that is closed after an error may
// have written an end that looks complete; its writer then drops that.
func (p *Plan) through(c io.WriteCloser) error {
	_, err := p.SendTo(c, 0, p.size)
	if stop, ok := c.(*parallel); ok && err != nil {
		stop.abandon()
		return err
	}
	if err != nil {
		// Not Close: the stream must not end as if it were whole.
		c.(*zstd.Encoder).Reset(nil)
		return err
	}
	return c.Close()
}

// blockSize is how much one gzip member holds.
const blockSize = 1 << 20

// parallel is a gzip writer that uses several processors: blocks become members of their own, which
// any gunzip joins again (RFC 1952, 2.2). At most two blocks per worker are held.
type parallel struct {
	w     io.Writer
	block []byte
	queue chan *block // in the order of the stream
	free  chan []byte
	work  chan *block
	done  sync.WaitGroup

	mu  sync.Mutex
	err error
}

type block struct {
	in   []byte
	out  bytes.Buffer
	err  error
	done chan struct{}
}

func newParallel(w io.Writer, workers int) *parallel {
	p := &parallel{w: w, queue: make(chan *block, 2*workers), work: make(chan *block, 2*workers), free: make(chan []byte, 2*workers+2)}
	for range workers {
		p.done.Go(p.compress)
	}
	p.done.Go(p.write)
	return p
}

func (p *parallel) compress() {
	gz, err := gzip.NewWriterLevel(nil, gzip.BestSpeed)
	for b := range p.work {
		b.err = err
		if b.err == nil {
			gz.Reset(&b.out)
			if _, b.err = gz.Write(b.in); b.err == nil {
				b.err = gz.Close()
			}
		}
		close(b.done)
	}
}

// write puts finished blocks out in order. After an error it only empties the queue.
func (p *parallel) write() {
	for b := range p.queue {
		<-b.done
		err := b.err
		if err == nil && p.failed() == nil {
			_, err = p.w.Write(b.out.Bytes())
		}
		if err != nil {
			p.fail(err)
		}
		select {
		case p.free <- b.in[:0]:
		default:
		}
	}
}

func (p *parallel) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.err == nil {
		p.err = err
	}
}

func (p *parallel) failed() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

func (p *parallel) Write(b []byte) (int, error) {
	total := 0
	for len(b) > 0 {
		if err := p.failed(); err != nil {
			return total, err
		}
		if p.block == nil {
			p.block = p.fresh()
		}
		n := copy(p.block[len(p.block):cap(p.block)], b)
		p.block = p.block[:len(p.block)+n]
		b = b[n:]
		total += n
		if len(p.block) == cap(p.block) {
			p.hand()
		}
	}
	return total, nil
}

func (p *parallel) fresh() []byte {
	select {
	case b := <-p.free:
		return b
	default:
		return make([]byte, 0, blockSize)
	}
}

// hand gives the present block to a worker, and waits while all are busy.
func (p *parallel) hand() {
	b := &block{in: p.block, done: make(chan struct{})}
	p.block = nil
	p.queue <- b
	p.work <- b
}

// Close ends the stream and waits for it to be written.
func (p *parallel) Close() error {
	if len(p.block) > 0 {
		p.hand()
	}
	p.end()
	return p.failed()
}

// abandon stops without writing what waits.
func (p *parallel) abandon() {
	p.fail(io.ErrClosedPipe)
	p.end()
}

func (p *parallel) end() {
	close(p.work)
	close(p.queue)
	p.done.Wait()
}
