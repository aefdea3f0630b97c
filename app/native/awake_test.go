package native

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestAwakeOnlyWhileBytesMove plays an hour of transfers on a clock of its own.
func TestAwakeOnlyWhileBytesMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		held, times := false, 0
		var fail error
		a := NewAwake(nil, nil, quiet())
		a.hold = func(context.Context) (func(), string, error) {
			mu.Lock()
			defer mu.Unlock()
			times++
			if fail != nil {
				return nil, "", fail
			}
			held = true
			return func() { mu.Lock(); held = false; mu.Unlock() }, "test", nil
		}
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); a.Run(ctx) }()
		expect := func(want bool, times2 int, when string) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if held != want || (a.Held() != "") != want || times != times2 {
				t.Fatalf("%s: held %v by %q, asked %d times", when, held, a.Held(), times)
			}
		}
		move := func(seconds int) {
			for range seconds {
				a.Moved()
				time.Sleep(time.Second)
			}
		}
		time.Sleep(time.Hour)
		expect(false, 0, "nothing moved yet")
		a.Moved()
		expect(true, 1, "bytes move")
		move(600)
		expect(true, 1, "bytes moved for long")
		time.Sleep(time.Minute)
		expect(false, 1, "a minute after the last byte")
		move(1)
		expect(true, 2, "bytes move again")
		time.Sleep(time.Minute)
		mu.Lock()
		fail = errors.New("refused")
		mu.Unlock()
		move(30)
		expect(false, 3, "refused, and not asked again at once")
		mu.Lock()
		fail = nil
		mu.Unlock()
		move(60)
		expect(true, 4, "asked again later")
		cancel()
		<-done
		expect(false, 4, "the program ends")
	})
}
