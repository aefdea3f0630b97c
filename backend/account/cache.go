package account

import (
	"container/list"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"sync"
	"time"
)

const (
	verifiedLife = 5 * time.Minute // how long a password is not hashed again
	verifiedMost = 2048
)

// mac stands for one credential shown from one network. Its key lives as long as the process.
type mac [sha256.Size]byte

// cache remembers which passwords were found right lately, so that doors which are shown one with
// each request do not pay argon2id each time. It holds no secret, only keyed digests.
type cache struct {
	key [32]byte
	now func() time.Time

	mu       sync.Mutex
	verified map[mac]*list.Element
	order    *list.List // of *verified, the newest in front
	flights  map[mac]chan struct{}
}

type verified struct {
	mac     mac
	account string
	since   time.Time
	who     *who // that is, since its last change; nil: not asked yet, or not for others to say
}

func newCache(now func() time.Time) *cache {
	c := &cache{
		now: now, verified: make(map[mac]*list.Element), order: list.New(),
		flights: make(map[mac]chan struct{}),
	}
	rand.Read(c.key[:])
	return c
}

// sum digests a credential. Every part is preceded by its length, so that parts cannot be moved.
func (c *cache) sum(kind Kind, parts ...string) mac {
	h := hmac.New(sha256.New, c.key[:])
	h.Write([]byte{byte(kind)})
	var n [8]byte
	for _, part := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(part)))
		h.Write(n[:])
		h.Write([]byte(part))
	}
	return mac(h.Sum(nil))
}

// get returns the account that m signed in lately.
func (c *cache) get(m mac) (account string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.verified[m]
	if !ok {
		return "", false
	}
	v := e.Value.(*verified)
	if age := c.now().Sub(v.since); age < 0 || age >= verifiedLife {
		c.remove(e)
		return "", false
	}
	return v.account, true
}

func (c *cache) put(m mac, account string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.verified[m]; ok {
		c.remove(e)
	}
	c.verified[m] = c.order.PushFront(&verified{mac: m, account: account, since: c.now()})
	if c.order.Len() > verifiedMost {
		c.remove(c.order.Back())
	}
}

// who returns what was told of who m is, nil for nothing. It is not to be changed.
func (c *cache) who(m mac) *who {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.verified[m]; ok {
		return e.Value.(*verified).who
	}
	return nil
}

// tell remembers who m is for as long as the account does not change.
func (c *cache) tell(m mac, w *who) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.verified[m]; ok {
		e.Value.(*verified).who = w
	}
}

func (c *cache) remove(e *list.Element) {
	delete(c.verified, e.Value.(*verified).mac)
	c.order.Remove(e)
}

// drop forgets what signed an account in.
func (c *cache) drop(account string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for e := c.order.Front(); e != nil; {
		next := e.Next()
		if e.Value.(*verified).account == account {
			c.remove(e)
		}
		e = next
	}
}

// alone waits until nobody else judges m and then lets the caller do so. first is false when the
// caller waited: then the answer is probably known. The caller must call land.
func (c *cache) alone(ctx context.Context, m mac) (first bool, land func(), err error) {
	for first = true; ; first = false {
		c.mu.Lock()
		busy, ok := c.flights[m]
		if !ok {
			done := make(chan struct{})
			c.flights[m] = done
			c.mu.Unlock()
			return first, func() {
				c.mu.Lock()
				delete(c.flights, m)
				c.mu.Unlock()
				close(done)
			}, nil
		}
		c.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return false, nil, ctx.Err()
		}
	}
}

// places remembers from where accounts signed in, so that whoever guesses elsewhere does not make
// their owners wait. Bounded: the one unused for longest goes.
type places struct {
	most  int
	mu    sync.Mutex
	known map[place]*list.Element
	order *list.List
}

type place struct {
	account string
	net     Net
}

func newPlaces(most int) *places {
	return &places{most: most, known: make(map[place]*list.Element), order: list.New()}
}

func (p *places) add(account string, net Net) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := place{account, net}
	if e, ok := p.known[at]; ok {
		p.order.MoveToFront(e)
		return
	}
	p.known[at] = p.order.PushFront(at)
	if p.order.Len() > p.most {
		last := p.order.Back()
		delete(p.known, last.Value.(place))
		p.order.Remove(last)
	}
}

func (p *places) has(account string, net Net) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.known[place{account, net}]
	return ok
}
