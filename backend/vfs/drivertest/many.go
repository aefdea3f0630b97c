package drivertest

import (
	"fmt"
	"os"
	"sync"

	"portico/backend/vfs/driver"
)

var manyCases = []testCase{
	{"many/ten thousand entries", func(k *kit) {
		n := 10_000
		if k.h.Folder() == "" {
			n = 2_500 // enough for several pages of a listing
		}
		f := k.mkdir(k.root, "big")
		for i := range n {
			name := fmt.Sprintf("file %05d", i)
			if k.h.Folder() == "" {
				k.put(f, name, "x")
			} else {
				k.must(os.WriteFile(k.host("big/"+name), []byte("x"), 0o644))
			}
		}
		seen := map[string]bool{}
		for i, err := range f.Entries(k.ctx) {
			k.must(err)
			if i.Size != 1 || i.Kind != driver.KindFile || i.Version == "" || i.ModTime.IsZero() {
				k.t.Fatalf("incomplete: %+v", i)
			}
			seen[i.Name] = true
		}
		k.eq(len(seen), n, "entries")
		k.eq(len(k.list(f)), n, "names")
	}},
	{"many/writers side by side", func(k *kit) {
		var wg sync.WaitGroup
		errs := make(chan error, 8)
		for w := range 8 {
			wg.Go(func() {
				for i := range 20 {
					s, err := k.root.Stage(k.ctx, driver.StageOptions{ID: fmt.Sprintf("w%d-%d", w, i), Size: 4})
					if err == nil {
						if _, err = s.WriteAt([]byte("data"), 0); err == nil {
							_, err = s.Publish(k.ctx, k.root, fmt.Sprintf("f%d-%d", w, i), driver.PublishOptions{NoReplace: true})
						}
					}
					if err != nil {
						errs <- err
						return
					}
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			k.t.Error(err)
		}
		k.eq(len(k.list(k.root)), 160, "files")
	}},
	{"many/objects side by side", func(k *kit) {
		k.put(k.mkdir(k.root, "a"), "f", "x")
		objects := make([]driver.Object, 200)
		for i := range objects {
			objects[i] = k.lookup("a/f", driver.WantRead)
		}
		for _, o := range objects {
			s, err := readObject(o)
			k.must(err)
			k.eq(s, "x", "content")
		}
	}},
}
