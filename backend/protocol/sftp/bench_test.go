package sftp

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
)

// Benchmarks of one large file with the program sftp; `go run ./build bench sftp` compares with a peer.
func BenchmarkPut(b *testing.B) { benchmark(b, "put %s /files/f\n") }
func BenchmarkGet(b *testing.B) { benchmark(b, "get /files/f %s\n") }

// BenchmarkSmall sends 1,000 files of 4 KiB.
func BenchmarkSmall(b *testing.B) {
	h := protocoltest.NewHouse(b)
	s, err := (&library{t: b, address: serveHouse(b, h), who: protocoltest.Alice}).fresh()
	if err != nil {
		b.Fatal(err)
	}
	content, round := make([]byte, 4<<10), 0
	for b.Loop() {
		round++
		dir := fmt.Sprintf("/files/%d", round)
		if err := s.Mkdir(dir); err != nil {
			b.Fatal(err)
		}
		for i := range 1000 {
			f, err := s.Create(fmt.Sprintf("%s/%d", dir, i))
			if err != nil {
				b.Fatal(err)
			}
			content[i%len(content)]++
			if _, err := f.Write(content); err != nil {
				b.Fatal(err)
			}
			if err := f.Close(); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func benchmark(b *testing.B, line string) {
	if _, err := exec.LookPath("sftp"); err != nil {
		b.Skip("sftp is not installed")
	}
	const size = 256 << 20
	h := protocoltest.NewHouse(b)
	dir := b.TempDir()
	args, env := sshArgs(b, dir, serveHouse(b, h), protocoltest.Alice)
	h.Lay("/files/f", make([]byte, size))
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, make([]byte, size), 0o600); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(size)
	for b.Loop() {
		cmd := exec.Command("sftp", append(args, "-q", "-o", "BatchMode=no", "-c", "aes128-gcm@openssh.com", "-b", "-", "portico")...)
		cmd.Env, cmd.Stdin = env, strings.NewReader(fmt.Sprintf(line, file))
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
	}
}
