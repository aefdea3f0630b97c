package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// smb moves 1 GiB, sends small files and lists a large folder with smbclient, beside smbd straight on the
// folder. Each measurement is one connection, and counts what it takes to begin one.
func (b *Bench) smb(ctx context.Context) ([]Row, error) {
	dir, err := os.MkdirTemp(b.Memory, "smb")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	source := filepath.Join(dir, "1g.bin")
	if err := errors.Join(content(source, gib), content(filepath.Join(dir, "small.bin"), 4096)); err != nil {
		return nil, err
	}
	for _, side := range []string{"ours", "theirs"} {
		many := filepath.Join(dir, side, "many")
		err := os.MkdirAll(many, 0o755)
		for i := 0; i < 10_000 && err == nil; i++ {
			err = os.WriteFile(filepath.Join(many, fmt.Sprintf("file %05d.txt", i)), nil, 0o644)
		}
		if err != nil {
			return nil, err
		}
	}
	ours, err := b.serve(ctx, filepath.Join(dir, "ours"), "fast", "--smb", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	at, err := url.Parse(ours.doors["smb"])
	if err != nil {
		return nil, err
	}
	theirs, port, err := smbd(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer theirs.stop()
	us := smbSide{filepath.Join(dir, "ours"), at.Port(), "guest%guest"}
	them := smbSide{filepath.Join(dir, "theirs"), port, "root%Password"}
	var rows []Row
	for _, l := range smbLoads(source, filepath.Join(dir, "small.bin")) {
		measure := func(s smbSide) func() (sample, error) {
			return func() (sample, error) { return s.once(ctx, l) }
		}
		beside, err := pairs(3, measure(us), measure(them))
		if err != nil {
			return rows, fmt.Errorf("%s: %w", l.name, err)
		}
		row := beside.row("SMB "+l.name+", tmpfs, fast", l.unit, "smbd")
		row.CPU, row.TheirCPU = 0, 0 // the work is done by children
		row.Goal, row.Met = fmt.Sprintf("≥ %.1f ×", l.least), row.Ratio >= l.least
		rows = append(rows, row)
	}
	return rows, nil
}

// smbLoad is what one connection does, and how much of what that is.
type smbLoad struct {
	name, unit string
	least      float64
	commands   string
	amount     float64
}

func smbLoads(source, small string) []smbLoad {
	var puts, into strings.Builder
	for i := range 300 {
		fmt.Fprintf(&puts, "put %s small%03d.bin;", small, i)
	}
	for i := range 20 {
		fmt.Fprintf(&into, "put %s many\\new%03d.bin;", small, i)
	}
	return []smbLoad{
		{"put 1 GiB", "MB/s", 0.7, "put " + source + " 1g.bin", gib / 1e6},
		{"get 1 GiB", "MB/s", 0.7, "get 1g.bin /dev/null", gib / 1e6},
		{"300 small puts", "files/s", 0.4, puts.String(), 300},
		{"20 puts into 10,000", "files/s", 0.4, into.String(), 20},
		{"list 10,000", "lists/s", 0.7, strings.Repeat("ls many\\*;", 5), 5},
	}
}

// smbSide is one of the two servers.
type smbSide struct{ disk, port, user string }

func (s smbSide) once(ctx context.Context, l smbLoad) (sample, error) {
	if strings.HasPrefix(l.commands, "put") {
		old, err := filepath.Glob(filepath.Join(s.disk, "*.bin"))
		more, e := filepath.Glob(filepath.Join(s.disk, "many", "new*"))
		for _, name := range append(old, more...) {
			err = errors.Join(err, os.Remove(name))
		}
		if err := errors.Join(err, e, warmMemory(s.disk+".warm", gib+gib/8)); err != nil {
			return sample{}, err
		}
	}
	cmd := exec.CommandContext(ctx, "smbclient", "-s", "/dev/null", "-t", "120", "-m", "SMB3", "-p", s.port, "//127.0.0.1/portico", "-U", s.user, "-c", l.commands)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	seconds := time.Since(began).Seconds()
	if err != nil || bytes.Contains(out, []byte("NT_STATUS_")) {
		return sample{}, fmt.Errorf("smbclient: %v: %.300s", err, out)
	}
	return sample{value: l.amount / seconds}, nil
}

// smbd is run by hand, straight on the folder. The password is "Password". It has a process group of its own,
// all of which it ends with itself.
func smbd(ctx context.Context, dir string) (*process, string, error) {
	if os.Geteuid() != 0 {
		return nil, "", errors.New("smbd straight on a folder wants to be started by root")
	}
	port, err := freePort()
	if err != nil {
		return nil, "", err
	}
	state := filepath.Join(dir, "smbd")
	settings := fmt.Sprintf("[global]\nsmb ports = %s\ninterfaces = 127.0.0.1/8\nbind interfaces only = yes\nserver role = standalone server\n"+
		"passdb backend = smbpasswd:%s/smbpasswd\ndisable netbios = yes\ndisable spoolss = yes\nload printers = no\n", port, state)
	for key, name := range map[string]string{"private dir": "private", "state directory": "state", "cache directory": "cache", "lock directory": "lock",
		"pid directory": "pid", "ncalrpc dir": "ncalrpc", "binddns dir": "binddns"} {
		settings += key + " = " + filepath.Join(state, name) + "\n"
		if err := os.MkdirAll(filepath.Join(state, name), 0o755); err != nil {
			return nil, "", err
		}
	}
	settings += "[portico]\npath = " + filepath.Join(dir, "theirs") + "\nread only = no\n"
	secret := "root:0:" + strings.Repeat("X", 32) + ":A4F49C406510BDCAB6824EE7C30FD852:[U          ]:LCT-00000001:\n"
	if err := errors.Join(os.WriteFile(state+"/smb.conf", []byte(settings), 0o600), os.WriteFile(state+"/smbpasswd", []byte(secret), 0o600)); err != nil {
		return nil, "", err
	}
	cmd := exec.CommandContext(ctx, "/usr/sbin/smbd", "-F", "-s", state+"/smb.conf", "-l", state)
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	p := &process{cmd: cmd}
	if err := listened(ctx, port); err != nil {
		p.stop()
		return nil, "", fmt.Errorf("smbd does not answer: %w", err)
	}
	return p, port, nil
}
