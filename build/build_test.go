package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestHoldServices(t *testing.T) {
	const theirs = "#!/bin/sh\nexit 0\n"
	for name, before := range map[string]string{"nothing there": "", "theirs there": theirs} {
		t.Run(name, func(t *testing.T) {
			policy := filepath.Join(t.TempDir(), "policy-rc.d")
			if before != "" {
				if err := os.WriteFile(policy, []byte(before), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			// The second round starts from what an interrupted first one left.
			if _, err := holdServices(policy); err != nil {
				t.Fatal(err)
			}
			restore, err := holdServices(policy)
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := os.ReadFile(policy); !strings.Contains(string(got), "exit 101") {
				t.Errorf("while installing, the policy is %q", got)
			}
			if err := restore(); err != nil {
				t.Fatal(err)
			}
			got, err := os.ReadFile(policy)
			if before == "" && !os.IsNotExist(err) || string(got) != before {
				t.Errorf("afterwards the policy is %q, %v; it was %q", got, err, before)
			}
			left, _ := os.ReadDir(filepath.Dir(policy))
			if want := min(len(before), 1); len(left) != want {
				t.Errorf("%d files left, want %d", len(left), want)
			}
		})
	}
}

func TestReport(t *testing.T) {
	events := `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestGood"}
{"Action":"output","Package":"p","Test":"TestGood","Output":"=== RUN   TestGood\n"}
{"Action":"output","Package":"p","Test":"TestGood","Output":"--- PASS: TestGood (0.00s)\n"}
{"Action":"pass","Package":"p","Test":"TestGood"}
{"Action":"output","Package":"p","Test":"TestSkip","Output":"    p_test.go:7: no curl here\n"}
{"Action":"output","Package":"p","Test":"TestSkip","Output":"--- SKIP: TestSkip (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestSkip"}
{"Action":"output","Package":"p","Test":"TestBad","Output":"=== RUN   TestBad\n"}
{"Action":"output","Package":"p","Test":"TestBad","Output":"    p_test.go:9: wrong\n"}
{"Action":"fail","Package":"p","Test":"TestBad"}
{"Action":"output","Package":"p","Test":"TestCut","Output":"panic: cut\n"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}
{"Action":"fail","Package":"p"}
{"ImportPath":"q","Action":"build-output","Output":"q.go:1: syntax error\n"}
not json
`
	var out strings.Builder
	r := newReport(&out)
	if err := r.read(strings.NewReader(events)); err != nil {
		t.Fatal(err)
	}
	want := "    p_test.go:9: wrong\nFAIL\tp\t0.1s\npanic: cut\nq.go:1: syntax error\nnot json\n"
	if out.String() != want {
		t.Errorf("printed\n%s\nwant\n%s", out.String(), want)
	}
	if len(r.skipped) != 1 || !strings.Contains(r.skipped[0], "no curl here") {
		t.Errorf("skipped: %q", r.skipped)
	}
}

func TestOnce(t *testing.T) {
	h := &house{root: t.TempDir()}
	source, result := h.path("source"), h.path("result")
	made := 0
	build := func() error {
		made++
		return os.WriteFile(result, nil, 0o644)
	}
	step := func(want int, why string) {
		t.Helper()
		if err := h.once("x", result, []string{source}, build); err != nil {
			t.Fatal(err)
		}
		if made != want {
			t.Errorf("%s: made %d times, want %d", why, made, want)
		}
	}
	write := func(text string) {
		if err := os.WriteFile(source, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a")
	step(1, "first time")
	step(1, "nothing changed")
	write("b")
	step(2, "source changed")
	if err := os.Remove(result); err != nil {
		t.Fatal(err)
	}
	step(3, "result gone")
}

func TestNewEnough(t *testing.T) {
	for said, old := range map[string]bool{
		"v18.20.4\n": true, "v20.18.3\n": true, "v20.19.0\n": false, "v22.1.0\n": false, "v26.0.0": false,
	} {
		if err := newEnough(said); errors.Is(err, errOldNode) != old || err != nil != old {
			t.Errorf("%q: %v", said, err)
		}
	}
	if err := newEnough("node"); err == nil || errors.Is(err, errOldNode) {
		t.Errorf("no version at all: %v", err)
	}
}
