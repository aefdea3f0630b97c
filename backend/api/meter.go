package api

import (
	"math"
	"sync"
	"time"

	"portico/backend/vfs"
)

const (
	meterPause  = 200 * time.Millisecond // shorter looks measure nothing but noise
	meterMemory = 3 * time.Second        // over which a speed is smoothed
)

// meter measures how fast files move, from one look to the next. It is safe for concurrent use.
type meter struct {
	mu   sync.Mutex
	seen map[string]reading
}

type reading struct {
	done     int64
	at       time.Time
	speed    float64 // bytes a second
	measured bool
}

// look returns the speed of each transfer in bytes a second; of one that is seen for the first time 0.
func (m *meter) look(list []vfs.Transfer, now time.Time) map[string]int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	next, out := make(map[string]reading, len(list)), make(map[string]int64, len(list))
	for _, t := range list {
		r, known := m.seen[t.ID]
		if !known {
			r = reading{done: t.Done, at: now}
		}
		next[t.ID] = r.moved(t.Done, now)
		out[t.ID] = rounded(next[t.ID].speed)
	}
	m.seen = next
	return out
}

func (r reading) moved(done int64, now time.Time) reading {
	passed := now.Sub(r.at)
	if passed < meterPause {
		return r
	}
	// A writer that is truncated goes back: nothing moved then.
	speed := float64(max(0, done-r.done)) / passed.Seconds()
	if r.measured {
		speed = r.speed + (speed-r.speed)*(1-math.Exp(-passed.Seconds()/meterMemory.Seconds()))
	}
	return reading{done: done, at: now, speed: speed, measured: true}
}

// rounded keeps three digits, so that a speed that hardly changes is no news.
func rounded(speed float64) int64 {
	if speed < 1 {
		return 0
	}
	unit := math.Pow(10, max(0, math.Floor(math.Log10(speed))-2))
	return int64(math.Round(speed/unit) * unit)
}
