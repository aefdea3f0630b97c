package protocoltest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"
	"time"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/share"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// The people of the house; a password is the name and "-password".
const (
	Alice = "alice" // may do everything below /files
	Bob   = "bob"   // may only add to /files/inbox, and what the grants of a case say
)

// Password of a person.
func Password(who string) string { return who + "-password" }

// Person is the subject of grants to one of the people.
func Person(who string) access.Subject { return vfstest.Account("given:" + who) }

// House is a real tree with people and shares. /files is the usual volume, everybody may read it;
// /small holds one MiB for everybody and no more.
type House struct {
	*vfstest.House
	Accounts *account.Accounts
	Shares   *share.Shares

	grants []access.Grant
}

// smallQuota is how much a file below /small may hold.
const smallQuota = 1 << 20

// NewHouse builds a house; grants are added to the usual ones.
func NewHouse(t testing.TB, grants ...access.Grant) *House {
	t.Helper()
	h := &House{grants: append([]access.Grant{
		{Path: "/files", Who: vfstest.Everyone(), Rights: vfstest.Rights("r")},
		{Path: "/files", Who: Person(Alice), Rights: vfstest.Rights("rwmdg.")},
		{Path: "/files/inbox", Who: Person(Alice), Rights: vfstest.Rights("rwmdg.")},
		{Path: "/files/inbox", Who: Person(Bob), Rights: vfstest.Rights("w")},
		{Path: "/files/private", Who: Person(Alice), Rights: vfstest.Rights("rwmdg.")},
		{Path: "/small", Who: Person(Alice), Rights: vfstest.Rights("rwmd")},
	}, grants...)}
	options := []vfstest.Option{
		vfstest.Volume(vfs.Volume{Name: "files", Path: "/files", Durability: store.Fast}),
		vfstest.Volume(vfs.Volume{Name: "small", Path: "/small", Durability: store.Fast}),
		vfstest.Guards(quota{}),
	}
	h.House = vfstest.New(t, options...)
	h.Regrant(nil)
	for _, dir := range []string{"inbox", "private"} {
		if err := os.MkdirAll(h.Path("/files/"+dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	h.people()
	return h
}

// people adds alice and bob, and the shares of the owner.
func (h *House) people() {
	var err error
	h.Accounts, err = account.New(account.Options{Store: h.Store, Cost: account.Cost{MemoryKiB: 64, Time: 1, Threads: 1}, Key: []byte("0123456789abcdef0123456789abcdef")})
	if err != nil {
		h.T.Fatal(err)
	}
	h.closes(h.Accounts)
	for _, who := range []string{Alice, Bob} {
		if _, err := h.Accounts.Give(context.Background(), who, Password(who)); err != nil {
			h.T.Fatal(err)
		}
	}
	h.Shares = share.New(share.Options{Store: h.Store, Accounts: h.Accounts, Policy: func() *access.Policy { return access.NewPolicy(h.grants) }, Target: h.target})
	h.closes(h.Shares)
}

func (h *House) closes(c io.Closer) {
	h.T.Cleanup(func() {
		if err := c.Close(); err != nil {
			h.T.Error(err)
		}
	})
}

func (h *House) target(ctx context.Context, by access.Identity, name string) (share.Target, error) {
	s := h.Tree.Session(ctx, by, vfs.Origin{Door: "test"})
	defer s.Close()
	e, err := s.Stat(name)
	return share.Target{Path: name, File: !e.IsFolder()}, err
}

// Share makes a link of the owner's and returns its key.
func (h *House) Share(n share.NewShare) string {
	h.T.Helper()
	out, err := h.Shares.Create(context.Background(), vfstest.Owner(), n)
	if err != nil {
		h.T.Fatal(err)
	}
	return out.Key
}

// Regrant puts the grants that pass in force; nil lets all pass.
func (h *House) Regrant(pass func(access.Grant) bool) {
	var list []access.Grant
	for _, g := range h.grants {
		if pass == nil || pass(g) {
			list = append(list, g)
		}
	}
	h.Tree.SetPolicy(access.NewPolicy(list))
}

// quota is a guard as the quota service will be one: it counts as bytes come.
type quota struct{}

func (quota) Name() string { return "quota" }

func (quota) Grow(_ context.Context, op *vfs.Op, total int64) error {
	if access.Within("/small", op.Asked) && total > smallQuota {
		return &vfs.Error{Verb: string(op.Verb), Path: op.Asked, Err: vfs.ErrQuota}
	}
	return nil
}

// Path is where a name of the tree lies on the disk.
func (h *House) Path(name string) string {
	for mount, dir := range h.Disk {
		if access.Within(mount, name) {
			return filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(name, mount)))
		}
	}
	h.T.Fatalf("%s lies in no volume", name)
	return ""
}

// Lay writes a file to the disk past every door.
func (h *House) Lay(name string, content []byte) {
	h.T.Helper()
	path := h.Path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		h.T.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		h.T.Fatal(err)
	}
}

// OnDisk reads a file past every door; nil when there is none.
func (h *House) OnDisk(name string) []byte {
	h.T.Helper()
	data, err := os.ReadFile(h.Path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		h.T.Fatal(err)
	}
	if data == nil {
		data = []byte{}
	}
	return data
}

// Names lists what a folder of the disk holds, all the way down, without what Portico keeps there.
func (h *House) Names(folder string) []string {
	h.T.Helper()
	root, out := h.Path(folder), []string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if strings.HasPrefix(d.Name(), ".portico") {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil || rel == "." {
			return err
		}
		if rel = filepath.ToSlash(rel); d.IsDir() {
			rel += "/"
		}
		out = append(out, rel)
		return nil
	})
	if err != nil {
		h.T.Fatal(err)
	}
	sort.Strings(out)
	return out
}

// open starts a door over a fresh house and connects alice.
func open(t *testing.T, d Door, grants ...access.Grant) (*House, Server, Client) {
	t.Helper()
	h := NewHouse(t, grants...)
	s := d.Start(t, h)
	return h, s, s.Client(t, Alice)
}

// arranges is a client where it can arrange; nil where its protocol cannot.
func arranges(c Client) Arranger {
	a, _ := c.(Arranger)
	return a
}

// folder makes a folder by the client, or past it where its protocol cannot.
func (h *House) folder(t *testing.T, c Client, name string) {
	t.Helper()
	if a := arranges(c); a != nil {
		must(t, a.Mkdir(name))
		return
	}
	must(t, os.Mkdir(h.Path(name), 0o755))
}

// pattern is content in which every place is told from every other.
func pattern(n int) []byte {
	r := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16)})
	out := make([]byte, n)
	// It never fails.
	_, _ = r.Read(out)
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fetch reads a file whole.
func fetch(c Client, name string) ([]byte, error) {
	r, err := c.Get(name)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(r)
	return data, errors.Join(err, r.Close())
}

// reads checks what a client gets.
func reads(t *testing.T, c Client, name string, want []byte) {
	t.Helper()
	got, err := fetch(c, name)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s: %d bytes, want %d (same: %v): %v", name, len(got), len(want), bytes.Equal(got, want), err)
	}
}

// holds checks what the disk has; nil is nothing.
func (h *House) holds(t *testing.T, name string, want []byte) {
	t.Helper()
	if got := h.OnDisk(name); !bytes.Equal(got, want) || (got == nil) != (want == nil) {
		t.Errorf("%s on disk: %d bytes, want %d", name, len(got), len(want))
	}
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(20 * time.Second); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

// quiet waits until the core has nothing open any more.
func (h *House) quiet(t *testing.T) {
	t.Helper()
	eventually(t, "nothing is open", func() bool { return len(h.Tree.Transfers()) == 0 })
}
