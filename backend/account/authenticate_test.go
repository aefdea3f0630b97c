package account

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/event"
)

func TestPassword(t *testing.T) {
	h := newHouse(t)
	alice := h.account(NewAccount{Name: "Alice", Password: "correct horse", Groups: []string{"lab", "lab", "art"}, Home: "home/alice/", Role: RoleAdmin})
	h.account(NewAccount{Name: "keyonly"})

	id := h.in(pw(" ALICE ", "correct horse", home))
	if id.Kind != access.Account || id.ID != alice.ID || id.Name != "Alice" || id.Home != "/home/alice" || !id.Admin ||
		fmt.Sprint(id.Groups) != "[art lab]" || id.Behind != nil || id.Root != "" {
		t.Errorf("%+v", id)
	}
	for _, c := range []Credential{
		pw("alice", "Correct horse", home), pw("alice", "", home), pw("alice", "correct horse ", home),
		pw("nobody", "correct horse", home), pw("", "correct horse", home), pw("keyonly", "", home), pw("keyonly", "x", home),
		pw("alice\x00", "correct horse", away), pw("alice", strings.Repeat("x", 100000), away),
		{Kind: 99, Name: "alice", Secret: "correct horse"},
		{Kind: Token, Secret: "correct horse"}, {Kind: Session, Secret: "correct horse"}, {Kind: Key, Name: "alice", Secret: "correct horse"},
		{Kind: PasswordOnly, Secret: "correct horse"}, // the account does not allow it
	} {
		h.refused(c, ErrWrong)
		h.clock.add(time.Hour)
	}
}

func TestPasswordOnly(t *testing.T) {
	h := newHouse(t)
	carl := h.account(NewAccount{Name: "carl", Password: "only this", PasswordOnly: true})
	if id := h.in(Credential{Kind: PasswordOnly, Secret: "only this", Remote: home}); id.ID != carl.ID {
		t.Errorf("%v", id)
	}
	if _, err := h.Create(t.Context(), NewAccount{Name: "dora", Password: "only this", PasswordOnly: true}); !errors.Is(err, ErrSecret) {
		t.Errorf("the same password twice without names: %v", err)
	}
	h.account(NewAccount{Name: "dora", Password: "only this"})
	h.must(h.SetPassword(t.Context(), carl.ID, "another one", false, ""))
	h.refused(Credential{Kind: PasswordOnly, Secret: "another one", Remote: home}, ErrWrong)
	h.refused(Credential{Kind: PasswordOnly, Secret: "only this", Remote: home}, ErrWrong)

	without := newHouse(t, func(o *Options) { o.Key = nil })
	if _, err := without.Create(t.Context(), NewAccount{Name: "eve", Password: "only this", PasswordOnly: true}); !errors.Is(err, ErrSecret) {
		t.Errorf("password only without a key outside of the database: %v", err)
	}
}

// TestWrongTellsNothing: an unknown name, a wrong password and a name without password cost the
// same work and get the same answer.
func TestWrongTellsNothing(t *testing.T) {
	h := newHouse(t)
	h.account(NewAccount{Name: "alice", Password: "correct horse"})
	h.account(NewAccount{Name: "keyonly"})
	for _, name := range []string{"alice", "nobody", "keyonly"} {
		before := h.hasher.made.Load()
		h.refused(pw(name, "guess", home), ErrWrong)
		if n := h.hasher.made.Load() - before; n != 1 {
			t.Errorf("%s: %d hashes were made", name, n)
		}
	}
}

func TestVerifiedCredentialIsNotHashedAgain(t *testing.T) {
	h := newHouse(t)
	alice := h.account(NewAccount{Name: "alice", Password: "correct horse"})
	made := func(c Credential) int64 {
		before := h.hasher.made.Load()
		h.in(c)
		return h.hasher.made.Load() - before
	}
	right := pw("alice", "correct horse", home)
	if made(right) != 1 || made(right) != 0 {
		t.Error("not remembered")
	}
	if made(pw("alice", "correct horse", away)) != 1 {
		t.Error("remembered for another network")
	}
	h.clock.add(verifiedLife)
	if made(right) != 1 {
		t.Error("remembered for too long")
	}
	h.clock.add(-time.Hour)
	if made(right) != 1 {
		t.Error("remembered from the future")
	}
	h.must(h.SetPassword(t.Context(), alice.ID, "battery staple", false, ""))
	h.refused(right, ErrWrong)
	h.in(pw("alice", "battery staple", home))
	yes := true
	_, err := h.Update(t.Context(), alice.ID, Change{Disabled: &yes})
	h.must(err)
	h.refused(pw("alice", "battery staple", home), ErrDisabled)
	before := h.hasher.made.Load()
	h.refused(pw("alice", "battery staple", home), ErrDisabled)
	if h.hasher.made.Load() != before {
		t.Error("a disabled account that keeps trying is hashed each time")
	}
	h.must(h.Delete(t.Context(), alice.ID))
	h.refused(pw("alice", "battery staple", home), ErrWrong)
}

// TestRememberedIsPresent: who signs in with every request is who the account is now, whatever was
// remembered of it.
func TestRememberedIsPresent(t *testing.T) {
	h := newHouse(t)
	alice := h.account(NewAccount{Name: "alice", Password: "correct horse"})
	name, role, groups, place := "alicia", RoleAdmin, []string{"staff"}, "/home/alice"
	who := pw("alice", "correct horse", home)
	for _, c := range []Change{{}, {Groups: &groups}, {Home: &place}, {Role: &role}, {Name: &name}} {
		_, err := h.Update(t.Context(), alice.ID, c)
		h.must(err)
		if c.Name != nil {
			h.refused(who, ErrWrong)
			who = pw(name, "correct horse", home)
		}
		for range 3 {
			now, err := h.Present(t.Context(), access.Identity{Kind: access.Account, ID: alice.ID})
			h.must(err)
			if got := h.in(who); !reflect.DeepEqual(got, now) {
				t.Errorf("%+v signs in, and is %+v", got, now)
			}
		}
	}
	h.must(h.Delete(t.Context(), alice.ID))
	h.refused(who, ErrWrong)
}

// TestManyAtOnce: a page that fires twenty requests with the same password costs one hash and is
// no flood; twenty different guesses at once are.
func TestManyAtOnce(t *testing.T) {
	h := newHouse(t)
	h.account(NewAccount{Name: "alice", Password: "correct horse"})
	together := func(secret func(i int) string) (right, wrong, many int) {
		var mu sync.Mutex
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				_, err := h.Authenticate(context.Background(), pw("alice", secret(i), home))
				mu.Lock()
				defer mu.Unlock()
				var tm ErrTooMany
				switch {
				case err == nil:
					right++
				case errors.As(err, &tm):
					many++
				case err == ErrWrong:
					wrong++
				}
			})
		}
		wg.Wait()
		return right, wrong, many
	}
	before := h.hasher.made.Load()
	if right, _, _ := together(func(int) string { return "correct horse" }); right != 20 {
		t.Errorf("%d of 20 came in", right)
	}
	if n := h.hasher.made.Load() - before; n != 1 {
		t.Errorf("%d hashes for one password", n)
	}
	if _, wrong, many := together(func(i int) string { return fmt.Sprint("guess", i) }); wrong != 6 || many != 14 {
		t.Errorf("%d were judged and %d told to wait; want 6 and 14", wrong, many)
	}
}

func TestEventsOfSigningIn(t *testing.T) {
	h := newHouse(t)
	a := h.account(NewAccount{Name: "alice", Password: "correct horse"})
	c := pw("alice", "correct horse", home)
	c.Client = "Browser"
	for range 5 {
		id := h.in(c)
		secret, err := h.StartSession(t.Context(), id, SessionInfo{Remote: home, Door: "http", Client: "Browser"})
		h.must(err)
		defer func() { h.must(h.EndSession(context.Background(), secret)) }()
	}
	got := h.events(event.SignedIn)
	if len(got) != 1 || got[0].Identity != "account:"+a.ID || got[0].Name != "alice" || got[0].Remote != home || got[0].Door != "http" {
		t.Errorf("%+v", got)
	}
	if a, err := h.Get(t.Context(), a.ID); err != nil || !a.Seen.Equal(h.clock.now()) {
		t.Errorf("seen %v, %v", a.Seen, err)
	}
}

func TestOverloadedHasherSaysSo(t *testing.T) {
	h := newHouse(t)
	h.account(NewAccount{Name: "alice", Password: "correct horse"})
	for range hashesAtOnce {
		*h.hasher.slots.Load() <- struct{}{} // two hashes that take their time
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	for i := range hashesQueued {
		wg.Go(func() { h.Authenticate(ctx, pw(fmt.Sprint("x", i), "y", fmt.Sprintf("10.0.0.%d", i))) })
	}
	for h.hasher.waiting.Load() < hashesQueued {
		time.Sleep(time.Millisecond)
	}
	if d := h.waits(pw("alice", "correct horse", home)); d == 0 {
		t.Error("the queue has no end")
	}
	cancel()
	wg.Wait()
	for range hashesAtOnce {
		<-*h.hasher.slots.Load()
	}
	h.in(pw("alice", "correct horse", home)) // not judged is not counted
	if h.byAddr.Len() != 0 {
		t.Errorf("%d networks are counted", h.byAddr.Len())
	}
}

func TestRehashAtTodaysCost(t *testing.T) {
	h := newHouse(t)
	h.account(NewAccount{Name: "alice", Password: "correct horse"})
	h.stop()
	h.o.Cost = Cost{MemoryKiB: 128, Time: 1, Threads: 1}
	h.start()
	h.in(pw("alice", "correct horse", home))
	h.restart()
	before := h.hasher.made.Load()
	h.in(pw("alice", "correct horse", home))
	if h.hasher.made.Load() != before+1 {
		t.Error("hashed anew twice")
	}
}
