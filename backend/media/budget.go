package media

import (
	"container/list"
	"context"
	"io"
	"sync"
	"time"
)

// budget is the memory that all decoders together may take, in bytes. Who waits is served in order.
type budget struct {
	mu      sync.Mutex
	free    int64
	waiting list.List // of *claim
}

type claim struct {
	bytes int64
	ready chan struct{}
}

// take waits for n bytes, which are at most all there are.
func (b *budget) take(ctx context.Context, n int64) error {
	b.mu.Lock()
	if b.waiting.Len() == 0 && n <= b.free {
		b.free -= n
		b.mu.Unlock()
		return nil
	}
	c := &claim{n, make(chan struct{})}
	at := b.waiting.PushBack(c)
	b.mu.Unlock()
	select {
	case <-c.ready:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-c.ready: // at the same moment
		b.free += n
	default:
		b.waiting.Remove(at)
	}
	b.serve()
	return ctx.Err()
}

func (b *budget) give(n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.free += n
	b.serve()
}

func (b *budget) serve() {
	for at := b.waiting.Front(); at != nil && at.Value.(*claim).bytes <= b.free; at = b.waiting.Front() {
		c := b.waiting.Remove(at).(*claim)
		b.free -= c.bytes
		close(c.ready)
	}
}

// longest is how long one picture may be decoded: a small file can ask for endless passes.
const longest = 20 * time.Second

// patient ends a decoder whose caller has gone, or that takes too long.
type patient struct {
	io.ReadSeeker
	ctx   context.Context
	until time.Time
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	if time.Now().After(p.until) {
		return 0, ErrTooLarge
	}
	return p.ReadSeeker.Read(b)
}
