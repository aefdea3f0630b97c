package diagnose

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"portico/backend/discovery"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// machine is a computer whose firewall is in the way until it is mended.
type machine struct {
	mu     sync.Mutex
	opened bool
	mended [][]Step
	denied error
	deaf   bool // mending does not help
	hands  bool // nobody can be asked

	looks, now, most atomic.Int32
	hang             chan struct{} // nil: nothing hangs
}

func (m *machine) Networks(ctx context.Context) (discovery.Table, error) {
	m.looks.Add(1)
	m.most.Store(max(m.most.Load(), m.now.Add(1)))
	defer m.now.Add(-1)
	if m.hang != nil {
		select {
		case <-m.hang:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return discovery.Table{wifi()}, nil
}

func (m *machine) Walls(_ context.Context, w Way) []Wall {
	m.mu.Lock()
	defer m.mu.Unlock()
	return []Wall{{Name: "ufw", Active: true, Open: m.opened, Allow: "sudo ufw …", Steps: []Step{{"ufw", "allow", "from", w.From.String()}}}}
}

func (m *machine) Suites(context.Context) []string { return nil }
func (m *machine) Source(context.Context, netip.Addr) (netip.Addr, error) {
	return netip.MustParseAddr("192.168.1.20"), nil
}
func (m *machine) Connect(context.Context, netip.AddrPort) error { return nil }
func (m *machine) Online(context.Context) Online                 { return OnlineFull }
func (m *machine) Clock(context.Context) Clock                   { return Clock{} }
func (m *machine) Mends() bool                                   { return !m.hands }

func (m *machine) Mend(_ context.Context, steps []Step) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.denied != nil {
		return m.denied
	}
	m.mended, m.opened = append(m.mended, steps), !m.deaf
	return nil
}

func question() Question { s := quietScene(); return s.q }

func TestAsk(t *testing.T) {
	m, now := &machine{}, noon
	e := New(m, func() time.Time { return now })
	ask := func() Report {
		t.Helper()
		r, err := e.Ask(t.Context(), question())
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if r := ask(); len(r.Findings) != 1 || r.Findings[0].Code != "NET-FW-01" || r.Findings[0].Fix.Steps[0][3] != "192.168.1.0/24" {
		t.Fatalf("%+v", r)
	}
	ask()
	if m.looks.Load() != 1 {
		t.Errorf("looked %d times within a second", m.looks.Load())
	}
	now = now.Add(fresh)
	ask()
	if m.looks.Load() != 2 {
		t.Errorf("looked %d times in %v", m.looks.Load(), fresh)
	}
	q := question()
	q.URL = "http://192.168.1.20:9999"
	if _, err := e.Ask(t.Context(), q); err != nil || m.looks.Load() != 3 {
		t.Errorf("another question: %v, looked %d times", err, m.looks.Load())
	}
	m.hands = true
	if r := ask(); r.Findings[0].Fix.Steps != nil || r.Findings[0].Fix.Command == "" {
		t.Errorf("nobody can be asked: %+v", r.Findings[0].Fix)
	}
}

// There is one look at a time, whoever asks, and the others take its answer.
func TestAskTogether(t *testing.T) {
	m := &machine{hang: make(chan struct{})}
	e := New(m, time.Now)
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			if _, err := e.Ask(t.Context(), question()); err != nil {
				t.Error(err)
			}
		})
	}
	close(m.hang)
	work.Wait()
	if m.most.Load() != 1 || m.looks.Load() != 1 {
		t.Errorf("%d at once, %d in all", m.most.Load(), m.looks.Load())
	}
}

func TestAskCanBeCancelled(t *testing.T) {
	m := &machine{hang: make(chan struct{})}
	e := New(m, time.Now)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := e.Ask(ctx, question())
		done <- err
	}()
	for m.looks.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	waiting, stop := context.WithCancel(t.Context())
	stop()
	if _, err := e.Ask(waiting, question()); !errors.Is(err, context.Canceled) {
		t.Errorf("whoever waits for a turn: %v", err)
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	close(m.hang)
	if _, err := e.Ask(t.Context(), question()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// A probe that does not answer is told of, and the others count.
func TestLateProbe(t *testing.T) {
	m := &machine{hang: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	q := question()
	f := Look(ctx, m, &q)
	if f.Table != nil {
		t.Errorf("%+v", f)
	}
	r := Judge(&q, &f)
	for _, one := range r.Findings {
		if one.Code == "NET-NONE-01" {
			t.Errorf("no answer was taken for no network: %+v", one)
		}
	}
}

func TestFix(t *testing.T) {
	m := &machine{}
	e := New(m, time.Now)
	if _, err := e.Ask(t.Context(), question()); err != nil {
		t.Fatal(err)
	}
	if left, err := e.Fix(t.Context(), question(), "NET-FW-01"); err != nil || left != nil || len(m.mended) != 1 {
		t.Errorf("%+v %v %v", left, err, m.mended)
	}
	if _, err := e.Fix(t.Context(), question(), "NET-FW-01"); !errors.Is(err, ErrUnknown) {
		t.Errorf("again: %v", err)
	}
	if _, err := e.Fix(t.Context(), question(), "NET-WIFI-01"); !errors.Is(err, ErrByHand) {
		t.Errorf("what nobody can mend: %v", err)
	}
	m = &machine{deaf: true}
	if left, err := New(m, time.Now).Fix(t.Context(), question(), "NET-FW-01"); err != nil || left == nil || left.Code != "NET-FW-01" {
		t.Errorf("it did not help: %+v %v", left, err)
	}
	m = &machine{denied: ErrDeclined}
	if _, err := New(m, time.Now).Fix(t.Context(), question(), "NET-FW-01"); !errors.Is(err, ErrDeclined) {
		t.Errorf("answered with no: %v", err)
	}
	m = &machine{hands: true}
	if _, err := New(m, time.Now).Fix(t.Context(), question(), "NET-FW-01"); !errors.Is(err, ErrByHand) {
		t.Errorf("nobody to ask: %v", err)
	}
}
