package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// sftp moves 1 GiB and 2,000 small files with OpenSSH's client, beside OpenSSH's server, and looks at the
// memory that idle connections take.
func (b *Bench) sftp(ctx context.Context) ([]Row, error) {
	lab, err := b.sshLab(ctx)
	if err != nil {
		return nil, err
	}
	defer lab.end()
	var rows []Row
	for _, measure := range []func(context.Context) ([]Row, error){lab.large, lab.small, lab.idle} {
		more, err := measure(ctx)
		if rows = append(rows, more...); err != nil {
			return rows, err
		}
	}
	return rows, nil
}

// sshLab is both servers, each with a folder in memory, and what their client needs.
type sshLab struct {
	dir          string
	ours, theirs *sshPeer
}

// sshPeer is one of them.
type sshPeer struct {
	*process
	port, user string
	folder     string // as its clients call it
	disk       string
	args, env  []string
}

func (b *Bench) sshLab(ctx context.Context) (*sshLab, error) {
	dir, err := os.MkdirTemp(b.Memory, "sftp")
	if err != nil {
		return nil, err
	}
	l := &sshLab{dir: dir}
	if err = errors.Join(os.Mkdir(filepath.Join(dir, "ours"), 0o755), os.Mkdir(filepath.Join(dir, "theirs"), 0o755)); err == nil {
		err = content(filepath.Join(dir, "1g.bin"), gib)
	}
	for i := 0; i < 2000 && err == nil; i++ {
		err = content(filepath.Join(dir, "small", fmt.Sprintf("file-%04d.bin", i)), 4<<10)
	}
	if err == nil {
		l.ours, err = b.ourSSH(ctx, dir)
	}
	if err == nil {
		l.theirs, err = theirSSH(ctx, dir)
	}
	if err != nil {
		return nil, errors.Join(err, l.end())
	}
	return l, nil
}

func (l *sshLab) end() error {
	for _, p := range []*sshPeer{l.ours, l.theirs} {
		if p != nil {
			p.stop()
		}
	}
	return os.RemoveAll(l.dir)
}

// ourSSH is Portico, for an account that signs in by password.
func (b *Bench) ourSSH(ctx context.Context, dir string) (*sshPeer, error) {
	const password = "bench-password"
	ask := filepath.Join(dir, "ask")
	if err := os.WriteFile(ask, []byte("#!/bin/sh\necho "+password+"\n"), 0o700); err != nil {
		return nil, err
	}
	at := filepath.Join(dir, "ours")
	p, err := b.serve(ctx, at, "fast", "--sftp", "127.0.0.1:0", "-a", "bench:"+password)
	if err != nil {
		return nil, err
	}
	_, port, err := net.SplitHostPort(strings.Trim(strings.TrimPrefix(p.doors["sftp"], "sftp:"), "/"))
	if err != nil {
		p.stop()
		return nil, err
	}
	return &sshPeer{process: p, port: port, user: "bench", folder: "/", disk: at,
		env: []string{"SSH_ASKPASS=" + ask, "SSH_ASKPASS_REQUIRE=force"}}, nil
}

// theirSSH is sshd, run by hand with its own settings, for whoever runs this, who signs in by key.
func theirSSH(ctx context.Context, dir string) (*sshPeer, error) {
	for _, name := range []string{"host", "user"} {
		if out, err := exec.CommandContext(ctx, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, name)).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("ssh-keygen: %w: %s", err, out)
		}
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	settings := fmt.Sprintf("Port %s\nListenAddress 127.0.0.1\nHostKey %[2]s/host\nAuthorizedKeysFile %[2]s/user.pub\nPidFile none\nStrictModes no\n"+
		"UsePAM no\nPermitRootLogin yes\nSubsystem sftp internal-sftp\n", port, dir)
	if err := os.WriteFile(filepath.Join(dir, "sshd_config"), []byte(settings), 0o600); err != nil {
		return nil, err
	}
	// Where it keeps its helpers apart from itself; usually its service makes it.
	if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "/usr/sbin/sshd", "-D", "-e", "-f", filepath.Join(dir, "sshd_config"))
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &sshPeer{process: &process{cmd: cmd}, port: port, user: os.Getenv("USER"), disk: filepath.Join(dir, "theirs")}
	if p.user == "" {
		p.user = "root"
	}
	p.folder, p.args = p.disk+"/", []string{"-i", filepath.Join(dir, "user")}
	if err := listened(ctx, port); err != nil {
		p.stop()
		return nil, fmt.Errorf("sshd does not answer: %w: %s", err, said.String())
	}
	return p, nil
}

// batch lets sftp do something and returns how many seconds it took.
func (p *sshPeer) batch(ctx context.Context, lines string) (float64, error) {
	args := append([]string{"-q", "-F", "none", "-o", "BatchMode=no", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
		"-o", "LogLevel=ERROR", "-o", "IdentitiesOnly=yes", "-c", "aes128-gcm@openssh.com", "-P", p.port, "-b", "-"}, p.args...)
	cmd := exec.CommandContext(ctx, "sftp", append(args, p.user+"@127.0.0.1")...)
	cmd.Env, cmd.Stdin = append(os.Environ(), p.env...), strings.NewReader(lines)
	started := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("sftp: %w: %s", err, out)
	}
	return time.Since(started).Seconds(), nil
}

// moved measures one batch, as bytes or files in a second, with a clean place before it.
func (p *sshPeer) moved(ctx context.Context, much float64, warm string, lines string, clean ...string) func() (sample, error) {
	return func() (sample, error) {
		for _, name := range clean {
			if err := os.RemoveAll(name); err != nil {
				return sample{}, err
			}
		}
		if warm != "" {
			if err := warmMemory(warm, gib+gib/8); err != nil {
				return sample{}, err
			}
		}
		return p.sample(func() (float64, error) {
			seconds, err := p.batch(ctx, lines)
			return much / seconds, err
		})
	}
}

// large moves 1 GiB each way.
func (l *sshLab) large(ctx context.Context) ([]Row, error) {
	warm, back := filepath.Join(l.dir, "warm"), filepath.Join(l.dir, "back.bin")
	put := func(p *sshPeer) func() (sample, error) {
		return p.moved(ctx, gib/1e6, warm, "put "+l.dir+"/1g.bin "+p.folder+"put.bin\n", filepath.Join(p.disk, "put.bin"))
	}
	get := func(p *sshPeer) func() (sample, error) {
		return p.moved(ctx, gib/1e6, warm, "get "+p.folder+"put.bin "+back+"\n", back)
	}
	return compareSSH(l, "1 GiB, tmpfs, fast", "MB/s", "≥ 0.8 ×", 0.8, 5, put, get)
}

// small moves 2,000 files of 4 KiB each way.
func (l *sshLab) small(ctx context.Context) ([]Row, error) {
	back := filepath.Join(l.dir, "back")
	put := func(p *sshPeer) func() (sample, error) {
		return p.moved(ctx, 2000, "", "put -r "+l.dir+"/small "+p.folder+"small\n", filepath.Join(p.disk, "small"))
	}
	get := func(p *sshPeer) func() (sample, error) {
		return p.moved(ctx, 2000, "", "get -r "+p.folder+"small "+back+"\n", back)
	}
	return compareSSH(l, "2,000 × 4 KiB", "files/s", "> 1 ×", 1, 5, put, get)
}

func compareSSH(l *sshLab, what, unit, goal string, least float64, n int, put, get func(*sshPeer) func() (sample, error)) ([]Row, error) {
	var rows []Row
	for _, way := range []struct {
		name    string
		measure func(*sshPeer) func() (sample, error)
	}{{"SFTP put ", put}, {"SFTP get ", get}} {
		beside, err := pairs(n, way.measure(l.ours), way.measure(l.theirs))
		if err != nil {
			return rows, err
		}
		row := beside.row(way.name+what, unit, "sshd")
		row.TheirCPU = 0 // its work is done by children
		row.Goal, row.Met = goal, row.Ratio >= least
		rows = append(rows, row)
	}
	return rows, nil
}

// idle looks what 200 connections take that do nothing, each with a conversation open.
func (l *sshLab) idle(ctx context.Context) ([]Row, error) {
	const many = 200
	before, err := l.ours.resident()
	if err != nil {
		return nil, err
	}
	var open []*exec.Cmd
	defer func() {
		for _, cmd := range open {
			cmd.Process.Kill()
			cmd.Wait()
		}
	}()
	for range many {
		cmd := exec.CommandContext(ctx, "ssh", "-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
			"-o", "IdentitiesOnly=yes", "-p", l.ours.port, "-s", l.ours.user+"@127.0.0.1", "sftp")
		cmd.Env = append(os.Environ(), l.ours.env...)
		in, err := cmd.StdinPipe()
		if err != nil {
			return nil, err
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			return nil, err
		}
		if err := cmd.Start(); err != nil {
			return nil, err
		}
		open = append(open, cmd)
		// INIT, version 3; the answer's length tells that the server is there.
		if _, err := in.Write([]byte{0, 0, 0, 5, 1, 0, 0, 0, 3}); err != nil {
			return nil, err
		}
		if _, err := out.Read(make([]byte, 4)); err != nil {
			return nil, fmt.Errorf("connection %s: %w", strconv.Itoa(len(open)), err)
		}
	}
	after, err := l.ours.resident()
	if err != nil {
		return nil, err
	}
	more := (after - before) / 1e6
	return []Row{{Load: "SFTP: 200 idle connections", Value: more, Unit: "MB more", Goal: "≤ 20 MB", Met: more <= 20}}, nil
}
