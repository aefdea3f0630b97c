package localdisk_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
)

func benchDisk(b *testing.B, portable bool) *localdisk.Disk {
	b.Helper()
	root := b.TempDir()
	dir := filepath.Join(root, "a", "b", "c")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range 10_000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("IMG_%05d.jpg", i)), nil, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	if err := os.Symlink("a/b/c", filepath.Join(root, "link")); err != nil {
		b.Fatal(err)
	}
	d, err := localdisk.Open(b.Context(), localdisk.Options{Root: root, Instance: "bench", Portable: portable})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { d.Close() })
	return d
}

// BenchmarkEntries lists 10,000 files; the figure that counts is ns/entry.
func BenchmarkEntries(b *testing.B) {
	for name, portable := range map[string]bool{"native": false, "portable": true} {
		b.Run(name, func(b *testing.B) {
			d := benchDisk(b, portable)
			f := benchFolder(b, d, "a/b/c")
			n := 0
			for b.Loop() {
				for _, err := range f.Entries(b.Context()) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/entry")
		})
	}
}

func benchFolder(b *testing.B, d *localdisk.Disk, name string) driver.Folder {
	b.Helper()
	o, err := d.Lookup(b.Context(), name, driver.WantDir)
	if err != nil {
		b.Fatal(err)
	}
	defer o.Close()
	f, err := o.Folder()
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	return f
}

// BenchmarkLookup finds a file four folders deep, and opens it.
func BenchmarkLookup(b *testing.B) {
	for _, c := range []struct {
		name, file string
		portable   bool
	}{{"native", "a/b/c/IMG_05000.jpg", false}, {"linked", "link/IMG_05000.jpg", false}, {"portable", "a/b/c/IMG_05000.jpg", true}} {
		for want, what := range map[driver.Want]string{driver.WantInfo: "info", driver.WantRead: "open"} {
			b.Run(c.name+"/"+what, func(b *testing.B) {
				d := benchDisk(b, c.portable)
				for b.Loop() {
					o, err := d.Lookup(b.Context(), c.file, want)
					if err != nil {
						b.Fatal(err)
					}
					o.Info()
					if want == driver.WantRead {
						f, err := o.Open()
						if err != nil {
							b.Fatal(err)
						}
						f.Close()
					}
					o.Close()
				}
			})
		}
	}
}

// BenchmarkPublish stages and publishes small files without syncing.
func BenchmarkPublish(b *testing.B) {
	d := benchDisk(b, false)
	f := benchFolder(b, d, "a/b")
	i := 0
	for b.Loop() {
		i++
		s, err := f.Stage(b.Context(), driver.StageOptions{ID: fmt.Sprint("s", i), Size: 4})
		if err != nil {
			b.Fatal(err)
		}
		if _, err = s.WriteAt([]byte("data"), 0); err != nil {
			b.Fatal(err)
		}
		if _, err = s.Publish(b.Context(), f, fmt.Sprint("f", i), driver.PublishOptions{NoReplace: true}); err != nil {
			b.Fatal(err)
		}
	}
}
