package sftp

import (
	"context"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/protocol/protocoltest"
)

// everybody matches every identity.
func everybody(access.Identity) bool { return true }

// nobodyElse keeps alice's grants only.
func nobodyElse(g access.Grant) bool { return g.Who == protocoltest.Person(protocoltest.Alice) }

// stopDoor stops a door and cuts whoever is still inside.
func stopDoor(t testing.TB, d interface{ Stop(context.Context) error }) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := d.Stop(ctx); err != nil {
		t.Errorf("stop: %v", err)
	}
}

// eventually waits for a condition.
func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}
