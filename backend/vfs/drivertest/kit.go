package drivertest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portico/backend/vfs/driver"
)

// kit is one open volume and the short words of the cases. What fails ends the case.
type kit struct {
	t    *testing.T
	ctx  context.Context
	h    Harness
	d    driver.Driver
	root driver.Folder
	ids  int
	toGo []io.Closer
}

func (k *kit) open() {
	k.t.Helper()
	k.d = k.h.Open(k.t)
	k.root = k.folder(".")
}

// reopen plays a restart.
func (k *kit) reopen() {
	k.t.Helper()
	k.close()
	k.open()
}

func (k *kit) close() {
	for _, c := range slices.Backward(k.toGo) {
		c.Close()
	}
	k.toGo = nil
	if k.d != nil {
		k.must(k.d.Close())
	}
	k.d = nil
}

// later closes c at the end of the case or at the next reopening.
func (k *kit) later(c io.Closer) { k.toGo = append(k.toGo, c) }

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

// is insists on a certain error.
func (k *kit) is(err error, want ...error) {
	k.t.Helper()
	for _, w := range want {
		if errors.Is(err, w) {
			return
		}
	}
	k.t.Fatalf("error %v, want %v", err, want)
}

func (k *kit) eq(got, want any, what string) {
	k.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		k.t.Fatalf("%s: %v, want %v", what, got, want)
	}
}

func (k *kit) lookup(name string, want driver.Want) driver.Object {
	k.t.Helper()
	o, err := k.d.Lookup(k.ctx, name, want)
	k.must(err)
	k.later(o)
	return o
}

func (k *kit) folder(name string) driver.Folder {
	k.t.Helper()
	o, err := k.d.Lookup(k.ctx, name, driver.WantDir)
	k.must(err)
	defer o.Close()
	f, err := o.Folder()
	k.must(err)
	k.later(f)
	return f
}

func (k *kit) mkdir(in driver.Folder, base string) driver.Folder {
	k.t.Helper()
	k.must(in.Mkdir(k.ctx, base))
	o, err := in.Lookup(k.ctx, base, driver.WantDir)
	k.must(err)
	defer o.Close()
	f, err := o.Folder()
	k.must(err)
	k.later(f)
	return f
}

func (k *kit) id() string {
	k.ids++
	return fmt.Sprintf("t%d", k.ids)
}

func (k *kit) stage(in driver.Folder, content string) driver.Stage {
	k.t.Helper()
	s, err := k.tryStage(in, content)
	k.must(err)
	return s
}

func (k *kit) tryStage(in driver.Folder, content string) (driver.Stage, error) {
	s, err := in.Stage(k.ctx, driver.StageOptions{ID: k.id(), Size: int64(len(content))})
	if err != nil {
		return nil, err
	}
	if _, err = s.WriteAt([]byte(content), 0); err != nil {
		return nil, errors.Join(err, s.Discard())
	}
	return s, nil
}

func (k *kit) put(in driver.Folder, base, content string) driver.Info {
	k.t.Helper()
	i, err := k.stage(in, content).Publish(k.ctx, in, base, driver.PublishOptions{})
	k.must(err)
	return i
}

// get reads a whole file by name.
func (k *kit) get(name string) string {
	k.t.Helper()
	s, err := read(k.ctx, k.d, name)
	k.must(err)
	return s
}

func read(ctx context.Context, d driver.Driver, name string) (string, error) {
	o, err := d.Lookup(ctx, name, driver.WantRead)
	if err != nil {
		return "", err
	}
	defer o.Close()
	return readObject(o)
}

func readObject(o driver.Object) (string, error) {
	f, err := o.Open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	return string(b), err
}

// list returns the sorted names of a folder, as Entries and as Names tell them: they must agree.
func (k *kit) list(in driver.Folder) []string {
	k.t.Helper()
	var all, short []string
	for i, err := range in.Entries(k.ctx) {
		k.must(err)
		all = append(all, i.Name)
	}
	for i, err := range in.Names(k.ctx) {
		k.must(err)
		short = append(short, i.Name)
	}
	slices.Sort(all)
	slices.Sort(short)
	if !slices.Equal(all, short) {
		k.t.Fatalf("Entries tell %q, Names %q", all, short)
	}
	return all
}

func (k *kit) lists(in driver.Folder, want ...string) {
	k.t.Helper()
	slices.Sort(want)
	if got := k.list(in); !slices.Equal(got, want) {
		k.t.Fatalf("folder holds %q, want %q", got, want)
	}
}

// entry returns what a listing says of one name.
func (k *kit) entry(in driver.Folder, base string) driver.Info {
	k.t.Helper()
	for i, err := range in.Entries(k.ctx) {
		k.must(err)
		if i.Name == base {
			return i
		}
	}
	k.t.Fatalf("%q is not listed", base)
	return driver.Info{}
}

func (k *kit) stages() []string {
	k.t.Helper()
	var ids []string
	for id, err := range k.d.Stages(k.ctx) {
		k.must(err)
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// host names a file of the volume for foreign programs, or skips the case.
func (k *kit) host(name string) string {
	k.t.Helper()
	if k.h.Folder() == "" {
		k.t.Skip("the volume is no folder of this computer")
	}
	return filepath.Join(k.h.Folder(), filepath.FromSlash(name))
}

func (k *kit) hostWrite(name, content string) {
	k.t.Helper()
	k.must(os.WriteFile(k.host(name), []byte(content), 0o644))
}

func (k *kit) symlink(to, name string) {
	k.t.Helper()
	if !k.d.Caps().Links {
		k.t.Skip("no symbolic links here")
	}
	if err := os.Symlink(to, k.host(name)); err != nil {
		k.t.Skip("symbolic links cannot be made here: ", err)
	}
}

// need skips the case when the driver does not promise something.
func (k *kit) need(has bool, what string) {
	k.t.Helper()
	if !has {
		k.t.Skip("this driver has no " + what)
	}
}

// filled is n bytes of one letter: mixes of two contents are seen at once.
func filled(letter byte, n int) string { return strings.Repeat(string(letter), n) }
