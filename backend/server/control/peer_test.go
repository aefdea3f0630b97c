//go:build linux

package control

import (
	"bytes"
	"os"
	"os/exec"
	"syscall"
	"testing"
)

// Even where the modes of folder and socket were loosened, another user gets no answer.
func TestStranger(t *testing.T) {
	if dir := os.Getenv("CONTROL_STRANGER"); dir != "" {
		stranger(dir)
	}
	if os.Geteuid() != 0 {
		t.Skip("only root can become a stranger")
	}
	dir := shortDir(t)
	serve(t, dir)
	name, err := socket(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(name, 0o666); err != nil {
		t.Fatal(err)
	}
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	bin := dir + "/stranger"
	if err := os.WriteFile(bin, self, 0o755); err != nil {
		t.Fatal(err)
	}
	for uid, want := range map[uint32]string{0: "answered\n", 65534: "closed\n"} {
		cmd := exec.Command(bin, "-test.run=^TestStranger$")
		cmd.Dir = "/"
		cmd.Env = append(os.Environ(), "CONTROL_STRANGER="+name)
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
		out, err := cmd.Output()
		if err != nil || !bytes.Equal(out, []byte(want)) {
			t.Errorf("user %d: %q, %v; want %q", uid, out, err, want)
		}
	}
}
