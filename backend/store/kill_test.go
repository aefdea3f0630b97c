package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"portico/backend/event"

	"go.uber.org/goleak"
)

const childEnv = "PORTICO_STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childEnv); dir != "" {
		writeUntilKilled(dir)
	}
	if dir := os.Getenv(syncEnv); dir != "" {
		writeForTrace(dir)
	}
	goleak.VerifyTestMain(m)
}

// writeUntilKilled appends events from several goroutines and prints each id when its Write returned.
func writeUntilKilled(dir string) {
	s, err := Open(context.Background(), Options{Dir: dir})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var out sync.Mutex
	for i := range 4 {
		go func() {
			for n := 0; ; n++ {
				e := event.Event{Kind: event.Created, Path: fmt.Sprintf("/%d/%d", i, n)}
				if err := s.Write(context.Background(), Durability(i%2), func(tx *Tx) error { return tx.Append(&e) }); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				out.Lock()
				fmt.Println(e.ID)
				out.Unlock()
			}
		}()
	}
	select {}
}

// What a Write has answered survives kill -9, Fast or not, and the database is sound.
func TestSurvivesKill(t *testing.T) {
	dir := t.TempDir()
	promised := make(map[int64]bool)
	for round := range 5 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+dir)
		cmd.Stderr = os.Stderr
		pipe, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(pipe)
		for n := 0; lines.Scan(); n++ {
			id, err := strconv.ParseInt(lines.Text(), 10, 64)
			if err != nil || promised[id] {
				break // a line that the kill cut, unless it is the first
			}
			promised[id] = true
			if n == 50*(round+1) {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
		}
		cmd.Wait()
	}
	if len(promised) < 5*50 {
		t.Fatalf("only %d writes were answered", len(promised))
	}
	s := open(t, Options{Dir: dir})
	err := s.Read(t.Context(), func(tx *Tx) error {
		var verdict string
		if err := tx.row(`PRAGMA integrity_check`).Scan(&verdict); err != nil || verdict != "ok" {
			return fmt.Errorf("%s, %w", verdict, err)
		}
		events, err := tx.events(`SELECT ` + eventColumns + ` FROM event`)
		for _, e := range events {
			delete(promised, e.ID)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(promised) > 0 {
		t.Errorf("%d answered writes are gone", len(promised))
	}
}
