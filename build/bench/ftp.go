package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// ftp moves 1 GiB with curl, in the clear and encrypted, beside vsftpd, and looks at the memory that
// idle connections take. Guests do it: both servers let them.
func (b *Bench) ftp(ctx context.Context) ([]Row, error) {
	dir, err := os.MkdirTemp(b.Memory, "ftp")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	source := filepath.Join(dir, "1g.bin")
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "ours"), 0o755), os.Mkdir(filepath.Join(dir, "theirs"), 0o755), content(source, gib)); err != nil {
		return nil, err
	}
	ours, err := b.serve(ctx, filepath.Join(dir, "ours"), "fast", "--ftp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer ours.stop()
	ours.url = strings.TrimSuffix(ours.doors["ftp"], "/")
	theirs, err := vsftpd(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer theirs.stop()
	var rows []Row
	for _, way := range []struct {
		name, goal string
		least      float64
		args       []string
	}{{"", "≥ 0.9 ×", 0.9, nil}, {", TLS", "≥ 1.2 ×", 1.2, []string{"-k", "--ssl-reqd"}}} {
		for _, verb := range []string{"STOR", "RETR"} {
			measure := func(p *process, disk string) func() (sample, error) {
				return func() (sample, error) { return ftpOnce(ctx, p, verb, source, filepath.Join(dir, disk), way.args) }
			}
			beside, err := pairs(3, measure(ours, "ours"), measure(theirs, "theirs"))
			if err != nil {
				return rows, err
			}
			row := beside.row("FTP "+verb+" 1 GiB"+way.name+", tmpfs, fast", "MB/s", "vsftpd")
			row.TheirCPU = 0 // its work is done by children
			row.Goal, row.Met = way.goal, row.Ratio >= way.least
			rows = append(rows, row)
		}
	}
	idle, err := ftpIdle(ours)
	return append(rows, idle...), err
}

// ftpOnce is one transfer, in MB/s. What is fetched was sent before, and stays.
func ftpOnce(ctx context.Context, p *process, verb, source, disk string, args []string) (sample, error) {
	name := "/pub.bin"
	if verb == "STOR" {
		if err := errors.Join(os.RemoveAll(disk+name), warmMemory(disk+".warm", gib+gib/8)); err != nil {
			return sample{}, err
		}
		args = append(args, "-T", source)
	}
	return p.sample(func() (float64, error) {
		seconds, err := curl(ctx, append(args, p.url+name)...)
		return gib / 1e6 / seconds, err
	})
}

// vsftpd is run by hand with its own settings.
func vsftpd(ctx context.Context, dir string) (*process, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	pair := filepath.Join(dir, "vsftpd.pem")
	settings := fmt.Sprintf(`listen=YES
listen_address=127.0.0.1
listen_port=%s
background=NO
run_as_launching_user=YES
seccomp_sandbox=NO
isolate_network=NO
anonymous_enable=YES
no_anon_password=YES
anon_root=%s/theirs
allow_writeable_chroot=YES
write_enable=YES
anon_upload_enable=YES
anon_other_write_enable=YES
anon_umask=022
use_sendfile=YES
ssl_enable=YES
allow_anon_ssl=YES
require_ssl_reuse=NO
ssl_tlsv1=YES
ssl_ciphers=HIGH
rsa_cert_file=%[3]s
rsa_private_key_file=%[3]s
`, port, dir, pair)
	if err := errors.Join(pairFile(pair), os.WriteFile(filepath.Join(dir, "vsftpd.conf"), []byte(settings), 0o600)); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "/usr/sbin/vsftpd", filepath.Join(dir, "vsftpd.conf"))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, url: "ftp://127.0.0.1:" + port}
	if err := listened(ctx, port); err != nil {
		p.stop()
		return nil, fmt.Errorf("vsftpd does not answer: %w: %s", err, said.String())
	}
	return p, nil
}

// pairFile makes a certificate and its key in one file.
func pairFile(name string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		return err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...)
	return os.WriteFile(name, text, 0o600)
}

// ftpIdle looks what 200 connections take that have signed in and do nothing.
func ftpIdle(p *process) ([]Row, error) {
	before, err := p.resident()
	if err != nil {
		return nil, err
	}
	for range 200 {
		c, err := net.Dial("tcp", strings.TrimPrefix(p.url, "ftp://"))
		if err != nil {
			return nil, err
		}
		defer c.Close()
		if _, err := c.Write([]byte("USER anonymous\r\nPASS x\r\n")); err != nil {
			return nil, err
		}
		for in := bufio.NewReader(c); ; {
			line, err := in.ReadString('\n')
			if err != nil {
				return nil, err
			}
			if strings.HasPrefix(line, "230 ") {
				break
			}
		}
	}
	after, err := p.resident()
	more := (after - before) / 1e6
	return []Row{{Load: "FTP: 200 idle connections", Value: more, Unit: "MB more", Goal: "≤ 20 MB", Met: more <= 20}}, err
}
