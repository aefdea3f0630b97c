package mdns

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"portico/backend/discovery/roomtest"
)

// avahi is the speaker of most Linux desktops, on a message bus of its own.
type avahi struct {
	r   *room
	env []string
	in  func(func()) // where it is: in the room, or here
}

func (r *room) avahi(settings string, in func(func())) *avahi {
	roomtest.Need(r.t, "avahi-daemon", "avahi-browse", "dbus-daemon", "dbus-send")
	dir := r.t.TempDir()
	file := func(name, text string) string {
		at := filepath.Join(dir, name)
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			r.t.Fatal(err)
		}
		return at
	}
	socket := filepath.Join(dir, "bus")
	bus := file("bus.conf", `<busconfig><type>system</type><listen>unix:path=`+socket+`</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/><allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>`)
	conf := file("avahi.conf", "[server]\n"+settings)
	a := &avahi{r: r, env: append(os.Environ(), "DBUS_SYSTEM_BUS_ADDRESS=unix:path="+socket, "LC_ALL=C.UTF-8"), in: in}
	a.start("dbus-daemon", "--nofork", "--nopidfile", "--config-file="+bus)
	r.Until("the bus", func() bool { _, err := os.Stat(socket); return err == nil })
	// Its pid file is not that of this computer's own.
	a.start("sh", "-c", "mount -t tmpfs none /run && exec avahi-daemon --no-drop-root --no-chroot --no-rlimits --no-proc-title -f "+conf)
	r.Until("avahi", func() bool { return a.command("avahi-browse", "-at").Run() == nil })
	return a
}

func (a *avahi) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(a.r.t.Context(), name, args...)
	cmd.Env = a.env
	return cmd
}

// start starts a program in the room, with mounts of its own, until the test ends.
func (a *avahi) start(name string, args ...string) {
	cmd := a.command(name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: unix.CLONE_NEWNS}
	var said strings.Builder
	cmd.Stderr = &said
	var err error
	a.in(func() { err = cmd.Start() })
	if err != nil {
		a.r.t.Fatal(err)
	}
	a.r.t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if a.r.t.Failed() {
			a.r.t.Logf("%s: %s", name, &said)
		}
	})
}

// found returns "type port text" of everything under a name, sorted.
func (a *avahi) found(name string) (out []string) {
	// Where a service goes while it is looked up, the program may wait for ever.
	list, err := a.command("timeout", "5", "avahi-browse", "-atrpk").Output()
	if err != nil {
		return []string{err.Error()}
	}
	for line := range strings.Lines(string(list)) {
		f := strings.SplitN(strings.TrimSpace(line), ";", 10)
		if len(f) == 10 && f[0] == "=" && f[3] == name && f[6] == "studio.local" && f[7] == "192.168.50.1" {
			out = append(out, fmt.Sprintf("%s %s %s", f[4], f[8], f[9]))
		}
	}
	slices.Sort(out)
	return out
}

// TestAvahi: a desktop finds every service at its own port under one name, and none that was withdrawn.
func TestAvahi(t *testing.T) {
	r := newRoom(t)
	a := r.avahi("host-name=visitor\nallow-interfaces=lan0\nuse-ipv6=no\n[publish]\ndisable-publishing=yes\n", r.In)
	lan := []string{"lan0"}
	web := Service{Type: "_http._tcp", Port: 3923, Path: "/", Interfaces: lan}
	dav := Service{Type: "_webdav._tcp", Port: 3923, Path: "/dav/", Interfaces: lan}
	ftp := Service{Type: "_ftp._tcp", Port: 2121, Path: "/", Interfaces: lan}
	sftp := Service{Type: "_sftp-ssh._tcp", Port: 2222, Path: "/", Interfaces: lan}
	tftp := Service{Type: "_tftp._udp", Port: 6969, Interfaces: lan}
	smb := Service{Type: "_smb._tcp", Port: 4455, Interfaces: lan}
	other := Service{Type: "_https._tcp", Port: 9, Interfaces: []string{"cafe0"}}
	s := speaker(t)
	for _, step := range []struct {
		what string
		told []Service
		want []string
	}{
		{"all", []Service{web, dav, ftp, sftp, tftp, smb, other}, []string{`_ftp._tcp 2121 "path=/"`, `_http._tcp 3923 "path=/"`, `_sftp-ssh._tcp 2222 "path=/"`, `_smb._tcp 4455 `, `_tftp._udp 6969 `, `_webdav._tcp 3923 "path=/dav/"`}},
		{"one moved, two closed", []Service{web, {Type: "_ftp._tcp", Port: 2122, Path: "/", Interfaces: lan}, sftp}, []string{`_ftp._tcp 2122 "path=/"`, `_http._tcp 3923 "path=/"`, `_sftp-ssh._tcp 2222 "path=/"`}},
		{"nothing", nil, nil},
	} {
		s.Wish(Wish{Name: "Studio", Host: "studio", Services: step.told})
		var got []string
		t.Cleanup(func() {
			if t.Failed() {
				t.Logf("%s: %q", step.what, got)
			}
		})
		r.Until(step.what, func() bool {
			got = a.found("Studio")
			return slices.Equal(got, step.want)
		})
	}
}
