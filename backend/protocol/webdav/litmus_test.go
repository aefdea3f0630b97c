package webdav_test

import (
	"context"
	"errors"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/protocol/protocoltest"
	"portico/backend/protocol/web"
	"portico/backend/share"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// suites are the tests of litmus 0.13, with how many there are in each.
var suites = map[string]int{"basic": 16, "copymove": 13, "props": 30, "locks": 41, "http": 4}

// TestLitmus runs all 104 at the root of the tree, in a home, below a mount and behind a link.
func TestLitmus(t *testing.T) {
	need(t, "litmus")
	h := litmusHouse(t)
	link := h.Share(share.NewShare{Path: "/data", Preset: share.Custom, Mask: vfstest.Rights("rwmd")})
	for name, at := range map[string][]string{
		"root": {"/"}, "mount": {"/data/"}, "home": {"/dav/", "alice", protocoltest.Password("alice")}, "link": {"/s/" + link + "/"},
	} {
		t.Run(name, func(t *testing.T) {
			litmus(t, append([]string{h.url + at[0]}, at[1:]...)...)
		})
	}
}

var summary = regexp.MustCompile("<- summary for `([a-z]+)': of ([0-9]+) tests run: ([0-9]+) passed, ([0-9]+) failed")

func litmus(t *testing.T, args ...string) {
	cmd := exec.Command("litmus", append([]string{"-k"}, args...)...)
	cmd.Dir = t.TempDir() // it leaves a log
	out, err := cmd.CombinedOutput()
	passed := 0
	for _, m := range summary.FindAllStringSubmatch(string(out), -1) {
		n, _ := strconv.Atoi(m[3])
		if want := suites[m[1]]; n != want || m[4] != "0" {
			t.Errorf("%s: %s passed and %s failed, want %d passed", m[1], m[3], m[4], want)
		}
		passed += n
	}
	if passed != 104 || err != nil {
		t.Errorf("%d of 104 passed: %v", passed, err)
	}
	if t.Failed() || testing.Verbose() {
		t.Logf("%s", out)
	}
}

// litmusHouse serves a volume at the root and one below it, both open to everybody, and a home.
func litmusHouse(t *testing.T) *house {
	t.Helper()
	everyone := access.Subject{Kind: access.Guest}
	core := vfstest.New(t, vfstest.Volume(vfs.Volume{Name: "root", Path: "/", Durability: store.Fast}),
		vfstest.Volume(vfs.Volume{Name: "data", Path: "/data", Durability: store.Fast}),
		vfstest.Grant("/", everyone, "rwmd"), vfstest.Grant("/data", everyone, "rwmd"))
	if _, err := core.Owner().Mkdir("/home/alice", true); err != nil {
		t.Fatal(err)
	}
	h := &protocoltest.House{House: core}
	var err error
	h.Accounts, err = account.New(account.Options{Store: h.Store, Cost: account.Cost{MemoryKiB: 64, Time: 1, Threads: 1}, Key: []byte("0123456789abcdef0123456789abcdef")})
	if err != nil {
		t.Fatal(err)
	}
	h.Shares = share.New(share.Options{Store: h.Store, Accounts: h.Accounts, Policy: h.Tree.Policy,
		Target: func(context.Context, access.Identity, string) (share.Target, error) {
			return share.Target{Path: "/data"}, nil
		}})
	t.Cleanup(func() {
		if err := errors.Join(h.Shares.Close(), h.Accounts.Close()); err != nil {
			t.Error(err)
		}
	})
	if _, err := h.Accounts.Create(t.Context(), account.NewAccount{Name: "alice", Password: protocoltest.Password("alice"), Home: "/home/alice"}); err != nil {
		t.Fatal(err)
	}
	return serve(t, h, web.FrontOptions{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares})
}
