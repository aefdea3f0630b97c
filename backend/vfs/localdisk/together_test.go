package localdisk_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
)

// TestFirstStagesTogether: uploads that come at once to a folder that was never written to make one
// hidden place with one volume id.
func TestFirstStagesTogether(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		for range 20 {
			var log bytes.Buffer
			k := open(t, localdisk.Options{
				Root: t.TempDir(), Portable: portable,
				Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo})), // its handler locks
			})
			in := k.folder(".")
			var all sync.WaitGroup
			begin := make(chan struct{})
			for i := range 8 {
				all.Go(func() {
					<-begin
					s, err := in.Stage(t.Context(), driver.StageOptions{ID: fmt.Sprint("first", i), Size: -1})
					if err == nil {
						err = s.Discard()
					}
					if err != nil {
						t.Error(err)
					}
				})
			}
			close(begin)
			all.Wait()
			id, err := os.ReadFile(filepath.Join(k.opts.Root, ".portico", "test", "volume"))
			k.must(err)
			if got := strings.TrimSpace(string(id)); got != k.d.VolumeID() || got == "" {
				t.Errorf("the disk says %q, the volume is known as %q", got, k.d.VolumeID())
			}
			if log.Len() > 0 {
				t.Error(log.String())
			}
			k.must(in.Close())
		}
	})
}
