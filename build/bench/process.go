package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server under measurement.
type process struct {
	cmd *exec.Cmd
	url string // without a slash at the end

	data  string            // Portico's data folder
	doors map[string]string // addresses by door: "tftp": "tftp://127.0.0.1:6969/"
}

// serve starts Portico with one volume at the top of the tree that everybody may change. Nothing
// that is removed is kept: peers keep nothing either, and memory would fill with it. flags open further
// doors.
func (b *Bench) serve(ctx context.Context, folder, durability string, flags ...string) (*process, error) {
	data, err := os.MkdirTemp(b.Work, "data")
	if err != nil {
		return nil, err
	}
	settings := fmt.Sprintf("[http]\naddr = \"127.0.0.1:0\"\n\n[[volume]]\npath = \"/\"\nfolder = %q\ndurability = %q\ntrash = false\nperms = { \"*\" = \"rwmd\" }\n",
		folder, durability)
	if err := os.WriteFile(filepath.Join(data, "config.toml"), []byte(settings), 0o600); err != nil {
		return nil, err
	}
	p, err := startProcess(ctx, b.Portico, append([]string{"serve", "--data", data}, flags...)...)
	if err == nil {
		p.data = data
	}
	return p, err
}

// plain starts the plain Go file server.
func (b *Bench) plain(ctx context.Context, folder string) (*process, error) {
	return startProcess(ctx, b.FileServer, folder)
}

// startProcess starts a server that says "http URL" and then "ready".
func startProcess(ctx context.Context, name string, args ...string) (*process, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, doors: make(map[string]string)}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := lines.Text()
		if name, url, ok := strings.Cut(line, " "); ok {
			p.doors[name] = url
		}
		if url, ok := strings.CutPrefix(line, "http "); ok && p.url == "" {
			p.url = strings.TrimSuffix(url, "/")
		}
		if line == "ready" && p.url != "" {
			return p, nil
		}
	}
	p.stop()
	return nil, fmt.Errorf("%s ended before it was ready", name)
}

// nginx starts nginx with dir as its root, in one process, without logs, PUT allowed.
func (b *Bench) nginx(ctx context.Context, dir string) (*process, error) {
	bin, err := exec.LookPath("nginx")
	if err != nil {
		bin = "/usr/sbin/nginx"
	}
	home, err := os.MkdirTemp(b.Memory, "nginx")
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address := l.Addr().String()
	l.Close()
	conf := fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log stderr crit;
events { worker_connections 512; }
http {
	access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000;
	client_max_body_size 0; client_body_temp_path %[2]s/.temp;
	proxy_temp_path %[1]s/p; fastcgi_temp_path %[1]s/f; uwsgi_temp_path %[1]s/u; scgi_temp_path %[1]s/s;
	server { listen %[3]s; root %[2]s; location / { dav_methods PUT DELETE; } }
}
`, home, dir, address)
	file := filepath.Join(home, "nginx.conf")
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, bin, "-c", file, "-p", home)
	cmd.Stderr = os.Stderr
	// As root nginx becomes www-data only with a master process; here it stays who it is.
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, url: "http://" + address}
	if err := p.answers(ctx, 5*time.Second); err != nil {
		p.stop()
		return nil, err
	}
	return p, nil
}

// answers waits until the server answers anything.
func (p *process) answers(ctx context.Context, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	for {
		r, err := http.Get(p.url + "/")
		if err == nil {
			r.Body.Close()
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("no answer from %s: %w", p.url, err)
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// stop ends the server and waits for it.
func (p *process) stop() {
	p.cmd.Process.Signal(syscall.SIGTERM)
	done := make(chan struct{})
	go func() { p.cmd.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		p.cmd.Process.Kill()
		<-done
	}
}

// spent is the processor time that the server used while work ran, user and system, in seconds.
func (p *process) spent(work func() error) (float64, error) {
	before, err := processorTime(p.cmd.Process.Pid)
	if err != nil {
		return 0, err
	}
	if err := work(); err != nil {
		return 0, err
	}
	after, err := processorTime(p.cmd.Process.Pid)
	return (after - before).Seconds(), err
}

// sample measures one value and what it cost the server.
func (p *process) sample(work func() (float64, error)) (s sample, err error) {
	s.cpu, err = p.spent(func() (err error) {
		s.value, err = work()
		return err
	})
	return s, err
}

// resident is the memory of the server in bytes.
func (p *process) resident() (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if size, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(size)[0], 64)
			return kb * 1024, err
		}
	}
	return 0, errors.New("no VmRSS")
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
