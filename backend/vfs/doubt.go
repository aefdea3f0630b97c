package vfs

import (
	"context"
	"errors"
	"sync"
)

// errUnknown is inside: a storage failed in the middle of a change and does not say what became of it.
// The intent stays, and no other change of the volume begins until it is settled.
var errUnknown = errors.New("what became of it is not known yet")

// doubts are the changes of a volume whose outcome is not known, or not recorded, yet.
type doubts struct {
	mu   sync.Mutex
	list []doubtful
}

type doubtful struct {
	intent int64
	note   *note
}

func (v *volume) doubt(intent int64, n *note) {
	v.doubts.mu.Lock()
	defer v.doubts.mu.Unlock()
	v.doubts.list = append(v.doubts.list, doubtful{intent, n})
}

func (v *volume) doubted() []doubtful {
	v.doubts.mu.Lock()
	defer v.doubts.mu.Unlock()
	return v.doubts.list
}

// enter is asked before a change takes a volume's shape: what is in doubt is settled first, as after a
// crash. While the storage still fails, nothing changes there.
func (t *Tree) enter(ctx context.Context, v *volume) error {
	if len(v.doubted()) == 0 {
		return nil
	}
	v.shape.Lock()
	defer v.shape.Unlock()
	for _, d := range v.doubted() {
		if err := t.finish(context.WithoutCancel(ctx), v, d.intent, d.note); err != nil {
			return &Error{Err: ErrBusy, Text: "the storage has not finished an earlier change"}
		}
		v.doubts.mu.Lock()
		v.doubts.list = v.doubts.list[1:]
		v.doubts.mu.Unlock()
	}
	return nil
}
