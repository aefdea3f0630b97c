package fault

import (
	"time"

	"portico/backend/vfs/driver"
)

// change makes one change of names, below and in the image, in one order.
func (m *image) change(work func() ([]edit, error)) error {
	return m.changes(func() ([][]edit, error) {
		e, err := work()
		return [][]edit{e}, err
	})
}

func (m *image) changes(work func() ([][]edit, error)) error {
	if m == nil {
		_, err := work()
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	all, err := work()
	if err != nil {
		return err
	}
	for _, edits := range all {
		m.note(edits)
	}
	return nil
}

func (m *image) note(edits []edit) {
	for _, e := range edits {
		e.apply(func(n *node) map[string]*node { return n.names })
	}
	m.log = append(m.log, &change{edits: edits})
}

func (e edit) apply(names func(*node) map[string]*node) {
	switch {
	case e.in == nil: // not in the image
	case e.gone:
		delete(names(e.in), e.name)
	case e.now != nil:
		names(e.in)[e.name] = e.now
	}
}

// staged notes a new stage, with the content that it starts with.
func (m *image) staged(s driver.Stage) error {
	if m == nil {
		return nil
	}
	n, err := stageContent(s)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(n.safe) > 0 {
		n.pending = []patch{{data: n.safe}}
		n.safe = nil
	}
	n.journals = [][]byte{nil}
	m.note([]edit{{in: m.stages, name: s.ID(), now: n}})
	return nil
}

// patch notes a change of content.
func (m *image) patch(n *node, p func() patch) {
	if m == nil || n == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	one := p()
	n.pending = append(n.pending, one)
	switch {
	case !one.stamp.IsZero():
	case one.cut:
		n.size = one.off
	default:
		n.size = max(n.size, one.off+int64(len(one.data)))
	}
}

func (m *image) wrote(n *node, p []byte, off int64) {
	if len(p) == 0 {
		return
	}
	m.patch(n, func() patch { return patch{off: off, data: append([]byte{}, p...)} })
}

func (m *image) appended(n *node, p []byte) {
	m.patch(n, func() patch { return patch{off: n.size, data: append([]byte{}, p...)} })
}

func (m *image) cut(n *node, size int64) {
	m.patch(n, func() patch { return patch{off: size, cut: true} })
}

func (m *image) stamp(n *node, t time.Time) { m.patch(n, func() patch { return patch{stamp: t} }) }

func (m *image) times(in *node, base string, t time.Time) {
	if n := m.child(in, base); n != nil && !n.folder {
		m.stamp(n, t)
	}
}

func (m *image) journal(n *node, id string, data []byte, sync bool) {
	if m == nil || n == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	data = append([]byte{}, data...)
	if !sync {
		n.journals = append(n.journals, data)
		return
	}
	n.first += len(n.journals)
	n.journals = [][]byte{data}
	m.safeName(m.stages, id)
}

// safeName makes the last change of a name safe, and with it all earlier ones: no journal keeps a
// change without those before it.
func (m *image) safeName(in *node, name string) {
	last := -1
	for i, c := range m.log {
		for _, e := range c.edits {
			if e.in == in && (name == "" || e.name == name) {
				last = i
			}
		}
	}
	m.safeUpTo(last + 1)
}

func (m *image) safeUpTo(n int) {
	for _, c := range m.log[:n] {
		for _, e := range c.edits {
			e.apply(func(n *node) map[string]*node { return n.safeNames })
		}
	}
	m.log = m.log[n:]
}

func nothing() {}

// syncingNames marks the beginning of a sync of a folder; the returned function is its success.
func (m *image) syncingNames(in *node) func() {
	if m == nil || in == nil {
		return nothing
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	until := m.last()
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		n := -1
		for i, c := range m.until(until) {
			for _, e := range c.edits {
				if e.in == in {
					n = i
				}
			}
		}
		m.safeUpTo(n + 1)
	}
}

func (m *image) last() *change {
	if len(m.log) == 0 {
		return nil
	}
	return m.log[len(m.log)-1]
}

// until returns the part of the log up to a change that was its last one; what is safe meanwhile is
// no longer there.
func (m *image) until(last *change) []*change {
	for i, c := range m.log {
		if c == last {
			return m.log[:i+1]
		}
	}
	return nil
}

// syncingContent marks the beginning of a sync of one file.
func (m *image) syncingContent(n *node) func() {
	if m == nil || n == nil {
		return nothing
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	until := n.settled + len(n.pending)
	id := ""
	for name, s := range m.stages.names {
		if s == n {
			id = name
		}
	}
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		n.settle(until)
		if id != "" {
			m.safeName(m.stages, id)
		}
	}
}

// settle makes the first patches safe, so many in all.
func (n *node) settle(until int) {
	for n.settled < until {
		n.safe, n.time = n.pending[0].apply(n.safe, n.time)
		n.pending = n.pending[1:]
		n.settled++
	}
}

func (p patch) apply(b []byte, t time.Time) ([]byte, time.Time) {
	switch {
	case !p.stamp.IsZero():
		return b, p.stamp
	case p.cut && p.off <= int64(len(b)):
		return b[:p.off:p.off], t
	}
	if end := p.off + int64(len(p.data)); end > int64(len(b)) {
		b = append(b, make([]byte, end-int64(len(b)))...)
	}
	copy(b[p.off:], p.data)
	return b, t
}

// syncingAll marks the beginning of a sync of everything.
func (m *image) syncingAll() func() {
	if m == nil {
		return nothing
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	until := m.last()
	patches, journals := map[*node]int{}, map[*node]int{}
	m.each(func(n *node) { patches[n], journals[n] = n.settled+len(n.pending), n.first+len(n.journals)-1 })
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.safeUpTo(len(m.until(until)))
		for n, until := range patches {
			n.settle(until)
			for n.first < journals[n] {
				n.journals, n.first = n.journals[1:], n.first+1
			}
		}
	}
}

// each visits every file that the program sees.
func (m *image) each(fn func(*node)) {
	var visit func(n *node)
	visit = func(n *node) {
		if !n.folder {
			fn(n)
		}
		for _, c := range n.names {
			visit(c)
		}
	}
	visit(m.root)
	visit(m.stages)
	for _, a := range m.attics {
		visit(a)
	}
}
