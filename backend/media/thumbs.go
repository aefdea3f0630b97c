package media

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"log/slog"
	"runtime"
	"strconv"
	"sync"
	"time"
)

// Options for New.
type Options struct {
	Dir      string // cache folder, made when missing; what lies in it may be deleted at any time
	MaxBytes int64  // of the cache; 0 means 512 MiB
	Log      *slog.Logger
}

// Thumbs makes and keeps thumbnails. Safe for concurrent use.
type Thumbs struct {
	cache *cache
	slots chan struct{} // pictures in work
	room  *budget       // what they may take together
	log   *slog.Logger

	mu     sync.Mutex
	inWork map[string]*work
}

type work struct {
	done chan struct{}
	data []byte
	err  error
}

// Source is content that vfs opened for whoever asked.
type Source interface {
	io.ReadSeeker
}

// New returns a maker of thumbnails. The cache folder is made at the first thumbnail.
func New(o Options) *Thumbs {
	if o.MaxBytes == 0 {
		o.MaxBytes = 512 << 20
	}
	return &Thumbs{
		cache:  newCache(o.Dir, o.MaxBytes),
		slots:  make(chan struct{}, max(1, runtime.GOMAXPROCS(0)/2)),
		room:   &budget{free: maxDecoded},
		log:    o.Log,
		inWork: make(map[string]*work),
	}
}

// Size returns the nearest size that thumbnails are made in, so that no client can fill the cache
// with every number.
func Size(asked int) int {
	for _, s := range []int{160, 320, 640} {
		if asked <= s {
			return s
		}
	}
	return 1280
}

// JPEG returns a thumbnail with its longer side at most size pixels (see Size). key must change
// whenever the content may have changed: the entry's canonical place and version. open is called
// only when nothing is cached. Errors: ErrUnsupported, ErrTooLarge, ctx's, or what open said.
func (t *Thumbs) JPEG(ctx context.Context, key string, size int, open func() (Source, error)) ([]byte, error) {
	sum := sha256.Sum256([]byte(strconv.Itoa(size) + "\x00" + key))
	name := hex.EncodeToString(sum[:16])
	if data, ok := t.cache.get(name); ok {
		return data, nil
	}
	for {
		w, first := t.join(name)
		if first {
			w.data, w.err = t.make(ctx, name, size, open)
			t.leave(name, w)
			return w.data, w.err
		}
		select {
		case <-w.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		// Whoever was first may have gone away in the middle; that is no reason to fail the others.
		if !errors.Is(w.err, context.Canceled) && !errors.Is(w.err, context.DeadlineExceeded) {
			return w.data, w.err
		}
	}
}

// join returns the work on name that is under way, or starts it.
func (t *Thumbs) join(name string) (w *work, first bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if w, ok := t.inWork[name]; ok {
		return w, false
	}
	w = &work{done: make(chan struct{})}
	t.inWork[name] = w
	return w, true
}

func (t *Thumbs) leave(name string, w *work) {
	t.mu.Lock()
	delete(t.inWork, name)
	t.mu.Unlock()
	close(w.done)
}

func (t *Thumbs) make(ctx context.Context, name string, size int, open func() (Source, error)) ([]byte, error) {
	select {
	case t.slots <- struct{}{}:
		defer func() { <-t.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	src, err := open()
	if err != nil {
		return nil, err
	}
	data, err := t.render(ctx, src, size)
	if err != nil {
		return nil, err
	}
	if err := t.cache.put(name, data); err != nil && t.log != nil {
		t.log.Warn("thumbnail not cached", "err", err)
	}
	return data, nil
}

// render makes one thumbnail, from the camera's own small copy where that is large enough.
func (t *Thumbs) render(ctx context.Context, src Source, size int) ([]byte, error) {
	info := readExif(src)
	if _, err := src.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	var picture io.ReadSeeker = src
	if info.thumbnail != nil {
		config, err := jpeg.DecodeConfig(bytes.NewReader(info.thumbnail))
		if err == nil && max(config.Width, config.Height) >= size {
			picture = bytes.NewReader(info.thumbnail)
		}
	}
	m, err := measure(&patient{picture, ctx, time.Now().Add(longest)})
	if err != nil {
		return nil, err
	}
	if err := t.room.take(ctx, m.cost); err != nil {
		return nil, err
	}
	defer t.room.give(m.cost)
	m.src = &patient{picture, ctx, time.Now().Add(longest)}
	img, err := m.decode()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, shrink(img, size, info.orientation), &jpeg.Options{Quality: 80}); err != nil {
		return nil, fmt.Errorf("encode thumbnail: %w", err)
	}
	return out.Bytes(), nil
}
