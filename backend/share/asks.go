package share

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"portico/backend/account"
)

const (
	askPatience = 2 * time.Minute  // for an answer
	askMemory   = 10 * time.Minute // how long a browser is told that nobody answered, unless it asks again
	asksEach    = 3                // devices of one network that wait at one share
	asksShare   = 20               // … of all
	asksMost    = 200              // devices that wait, at all shares
	asksKept    = 1000             // with those that nobody answered
	crowdedWait = 30 * time.Second
)

// Request is a device that waits until whoever shares something lets it in.
type Request struct {
	ID      string
	Share   string // its id
	Title   string // of the share
	Path    string // tree path of what is shared
	Remote  netip.Addr
	Client  string // what it calls itself
	Door    string
	Program bool // it keeps no cookies: the answer is about its address
	At      time.Time
	Until   time.Time // nobody answered, then
}

// asks are the devices that wait for an answer, and those that nobody answered lately. It is bounded, and
// nothing of it outlives the program: whoever still waits asks anew.
type asks struct {
	now   func() time.Time
	often *account.Backoff[asker]

	mu      sync.Mutex
	list    []*ask // the oldest first
	version uint64
}

// asker is a network that asks at a share.
type asker struct {
	share string
	from  account.Net
}

type ask struct {
	Request
	device, always string // under which an answer is kept: about this share, about all of its maker's
	over           bool   // nobody answered
	taken          bool   // somebody did, or just does
}

func newAsks(now func() time.Time) *asks {
	return &asks{now: now, often: account.NewBackoff[asker](now, account.Waits{
		Free: 6, First: crowdedWait, Most: askMemory, Forget: askMemory, Keep: 4096})}
}

// left is how long an ask waits still; 0: no longer. A clock that was set back makes nobody wait for hours.
func (a *asks) left(one *ask) time.Duration {
	if left := one.Until.Sub(a.now()); !one.over && !one.taken && left > 0 && left <= askPatience {
		return left
	}
	return 0
}

// stand says how the ask of a device stands, and makes one where there is none; made tells that it did.
func (a *asks) stand(r Request, device, always string, again bool) (now Asked, made bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if i := a.of(r.Share, device); i >= 0 {
		one := a.list[i]
		if one.taken {
			return Asked{Answer: Waiting, Left: time.Second}, false // the next look finds the answer
		}
		if left := a.left(one); left > 0 {
			return Asked{Answer: Waiting, Left: left}, false
		}
		if since := a.now().Sub(one.Until); !again && since < askMemory {
			return Asked{Answer: Nobody}, false
		}
	}
	from := account.NetworkOf(r.Remote)
	each, here, all := 0, 0, 0
	for _, one := range a.list {
		if a.left(one) == 0 {
			continue
		}
		all++
		if one.Share == r.Share {
			here++
			if account.NetworkOf(one.Remote) == from {
				each++
			}
		}
	}
	if each >= asksEach || here >= asksShare || all >= asksMost {
		return Asked{Answer: Crowded, Left: crowdedWait}, false
	}
	if wait := a.often.Try(asker{r.Share, from}); wait > 0 {
		return Asked{Answer: Crowded, Left: wait}, false
	}
	if i := a.of(r.Share, device); i >= 0 {
		a.list = slices.Delete(a.list, i, i+1)
	}
	if len(a.list) >= asksKept {
		a.list = slices.Delete(a.list, 0, 1)
	}
	r.ID, r.At = newKey(6), a.now()
	r.Until = r.At.Add(askPatience)
	a.list = append(a.list, &ask{Request: r, device: device, always: always})
	a.version++
	return Asked{Answer: Waiting, Left: askPatience}, true
}

// of finds the ask of a device at a share; -1. The caller holds mu.
func (a *asks) of(share, device string) int {
	return slices.IndexFunc(a.list, func(one *ask) bool { return one.Share == share && one.device == device })
}

// knows reports whether a device asked at a share lately.
func (a *asks) knows(share, device string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.of(share, device) >= 0
}

// waiting lists who waits for an answer now, the oldest first.
func (a *asks) waiting() (out []Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, one := range a.list {
		if a.left(one) > 0 {
			out = append(out, one.Request)
		}
	}
	return out
}

// take lets one who waits be answered, by one alone; nil where nobody of that id waits. Whoever looks while
// the answer is being kept, or has looked just before, asks nobody once more.
func (a *asks) take(id string) *ask {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.list, func(one *ask) bool { return one.ID == id && a.left(one) > 0 })
	if i < 0 {
		return nil
	}
	a.list[i].taken = true
	a.version++
	return a.list[i]
}

// back undoes take.
func (a *asks) back(one *ask) {
	a.mu.Lock()
	defer a.mu.Unlock()
	one.taken = false
	a.version++
}

// drop forgets everybody at a share.
func (a *asks) drop(share string) {
	a.without(func(one *ask) bool { return one.Share == share })
}

// without forgets some.
func (a *asks) without(these func(*ask) bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	before := len(a.list)
	if a.list = slices.DeleteFunc(a.list, these); len(a.list) != before {
		a.version++
	}
}

// touch says that others may be told of now.
func (a *asks) touch() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.version++
}

// end returns those whom nobody answered in time, each once, and when the next one's time is over; zero:
// nobody waits.
func (a *asks) end() (over []Request, next time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = slices.DeleteFunc(a.list, func(one *ask) bool { return (one.over || one.taken) && a.now().Sub(one.Until) >= askMemory })
	for _, one := range a.list {
		switch {
		case one.over, one.taken:
		case a.left(one) == 0:
			one.over = true
			over = append(over, one.Request)
			a.version++
		case next.IsZero() || one.Until.Before(next):
			next = one.Until
		}
	}
	return over, next
}

func (a *asks) changes() uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.version
}
