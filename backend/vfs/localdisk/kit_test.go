package localdisk_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
)

// kit is one disk and the short words of the tests here. What fails ends the test.
type kit struct {
	t    *testing.T
	opts localdisk.Options
	d    *localdisk.Disk
	ids  int
}

func open(t *testing.T, o localdisk.Options) *kit {
	t.Helper()
	if o.Instance == "" {
		o.Instance = "test"
	}
	k := &kit{t: t, opts: o}
	k.reopen()
	t.Cleanup(func() { k.d.Close() })
	return k
}

// both runs a test on openat2 and on os.Root.
func both(t *testing.T, fn func(t *testing.T, portable bool)) {
	t.Run("native", func(t *testing.T) { fn(t, false) })
	t.Run("portable", func(t *testing.T) { fn(t, true) })
}

func (k *kit) reopen() {
	k.t.Helper()
	if k.d != nil {
		k.must(k.d.Close())
	}
	var err error
	k.d, err = localdisk.Open(k.t.Context(), k.opts)
	k.must(err)
}

func (k *kit) must(err error) {
	k.t.Helper()
	if err != nil {
		k.t.Fatal(err)
	}
}

func (k *kit) is(err, want error) {
	k.t.Helper()
	if !errors.Is(err, want) {
		k.t.Fatalf("error %v, want %v", err, want)
	}
}

func (k *kit) folder(name string) driver.Folder {
	k.t.Helper()
	o, err := k.d.Lookup(k.t.Context(), name, driver.WantDir)
	k.must(err)
	defer o.Close()
	f, err := o.Folder()
	k.must(err)
	k.t.Cleanup(func() { f.Close() })
	return f
}

func (k *kit) stage(in driver.Folder, content string) driver.Stage {
	k.t.Helper()
	k.ids++
	s, err := in.Stage(k.t.Context(), driver.StageOptions{ID: "s" + string(rune('0'+k.ids)), Size: -1})
	k.must(err)
	_, err = s.WriteAt([]byte(content), 0)
	k.must(err)
	return s
}

func (k *kit) put(in driver.Folder, base, content string) {
	k.t.Helper()
	_, err := k.stage(in, content).Publish(k.t.Context(), in, base, driver.PublishOptions{})
	k.must(err)
}

func (k *kit) get(name string) string {
	k.t.Helper()
	o, err := k.d.Lookup(k.t.Context(), name, driver.WantRead)
	k.must(err)
	defer o.Close()
	f, err := o.Open()
	k.must(err)
	defer f.Close()
	b, err := io.ReadAll(f)
	k.must(err)
	return string(b)
}

func (k *kit) list(in driver.Folder) []string {
	k.t.Helper()
	all := []string{}
	for i, err := range in.Entries(k.t.Context()) {
		k.must(err)
		all = append(all, i.Name)
	}
	slices.Sort(all)
	return all
}

func (k *kit) lists(in driver.Folder, want ...string) {
	k.t.Helper()
	if got := k.list(in); !slices.Equal(got, want) {
		k.t.Fatalf("folder holds %q, want %q", got, want)
	}
}

func (k *kit) stages() []string {
	k.t.Helper()
	var ids []string
	for id, err := range k.d.Stages(k.t.Context()) {
		k.must(err)
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (k *kit) host(name string) string { return filepath.Join(k.opts.Root, name) }

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func mkdir(t *testing.T, name string) string {
	t.Helper()
	if err := os.MkdirAll(name, 0o755); err != nil {
		t.Fatal(err)
	}
	return name
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}
