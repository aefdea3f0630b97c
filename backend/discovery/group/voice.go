package group

import (
	"context"
	"log/slog"
	"net/netip"
	"slices"
	"sync"
	"time"

	"portico/backend/discovery"
)

const (
	repeatGap = 250 * time.Millisecond // after the first Alive it is said again: packets get lost
	spotsMost = 32
	retryGap  = 3 * time.Second // an address that is new on a network is of use after a while only
	retryMost = 3
)

// Voice speaks on the networks that it is told. Its methods may be called from many goroutines.
type Voice struct {
	speech  Speech
	log     *slog.Logger
	changed func()
	askers  discovery.Askers

	mu   sync.Mutex
	wish []Self
	when time.Time       // of the wish
	said map[string]bool // interfaces

	wake chan struct{}
	life context.Context
	end  context.CancelFunc
	work sync.WaitGroup

	posts []*post // of the worker alone
}

// New makes a Voice that says nothing yet. changed, if not nil, is called when On or Asked has changed.
func New(speech Speech, log *slog.Logger, changed func()) *Voice {
	if changed == nil {
		changed = func() {}
	}
	v := &Voice{speech: speech, log: log, changed: changed, wake: make(chan struct{}, 1)}
	v.life, v.end = context.WithCancel(context.Background())
	v.work.Go(v.run)
	return v
}

// Wish changes where and as what this computer is told, soon after; one Self for an interface.
func (v *Voice) Wish(list []Self) {
	v.mu.Lock()
	v.wish, v.when = slices.Clone(list), time.Now()
	v.mu.Unlock()
	select {
	case v.wake <- struct{}{}:
	default:
	}
}

// On reports whether this computer is told on an interface now.
func (v *Voice) On(name string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.said[name]
}

// Asked returns who looked for this computer on an interface, the latest first.
func (v *Voice) Asked(name string) []discovery.Asker { return v.askers.On(name) }

// Forget forgets who asked: this computer is somewhere else.
func (v *Voice) Forget() { v.askers.Forget() }

// Close takes back what was said.
func (v *Voice) Close() {
	v.end()
	v.work.Wait()
}

func (v *Voice) run() {
	again, retry, tries := time.NewTimer(0), time.NewTimer(0), 0
	<-again.C
	<-retry.C
	defer again.Stop()
	defer retry.Stop()
	follow := func() {
		opened, failed := v.follow()
		if opened {
			again.Reset(repeatGap)
		}
		if tries++; failed && tries <= retryMost {
			retry.Reset(retryGap)
		}
	}
	for {
		select {
		case <-v.life.Done():
			v.keep(nil)
			return
		case <-v.wake:
			tries = 0
			follow()
		case <-retry.C:
			follow()
		case <-again.C:
			for _, p := range v.posts {
				p.say(v.speech.Alive(&p.self))
			}
			if every := v.speech.Every(); every > 0 && len(v.posts) > 0 {
				again.Reset(every)
			}
		}
	}
}

// follow opens and closes what is wished now; it reports whether anything was opened, or could not be.
func (v *Voice) follow() (opened, failed bool) {
	v.mu.Lock()
	wish, when := v.wish, v.when
	v.mu.Unlock()
	var spots []spot
	for i := range wish {
		for _, to := range v.speech.Groups() {
			if at, ok := spotOf(wish[i], to); ok && v.speech.Worth(&wish[i]) && len(spots) < spotsMost {
				spots = append(spots, at)
			}
		}
	}
	changed := v.keep(spots)
	for _, at := range spots {
		if slices.ContainsFunc(v.posts, func(p *post) bool { return p.at == at }) {
			continue
		}
		p, err := v.open(at, when)
		if err != nil {
			failed = true
			v.log.Warn("this computer is not announced at an address", "interface", at.self.Interface, "address", at.self.Addr, "error", err)
			continue
		}
		v.posts = append(v.posts, p)
		p.say(v.speech.Alive(&p.self))
		v.log.Info("announced", "name", p.self.Name, "interface", p.self.Interface, "page", p.self.Page)
		opened = true
	}
	if changed || opened {
		v.tell()
	}
	return opened, failed
}

// keep closes every post that is not at one of some spots; it reports whether there were any.
func (v *Voice) keep(spots []spot) (gone bool) {
	v.posts = slices.DeleteFunc(v.posts, func(p *post) bool {
		if slices.Contains(spots, p.at) {
			return false
		}
		p.say(v.speech.Gone(&p.self))
		p.close()
		gone = true
		return true
	})
	return gone
}

// tell says where this computer is told now.
func (v *Voice) tell() {
	said := make(map[string]bool)
	for _, p := range v.posts {
		said[p.self.Interface] = true
	}
	v.mu.Lock()
	v.said = said
	v.mu.Unlock()
	v.changed()
}

// sought notes that somebody looked for this computer.
func (v *Voice) sought(name string, from netip.Addr) {
	if v.askers.Heard(name, from, time.Now()) {
		v.changed()
	}
}
