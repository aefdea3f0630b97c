package app

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// pane is a terminal with a person at it: a pseudo terminal, and what its screen shows.
type pane struct {
	t      *testing.T
	master *os.File
	slave  *os.File

	mu       sync.Mutex
	rows     [][]rune
	columns  int
	row, col int
	wrap     bool
	pending  string
}

func openWindow(t *testing.T, columns, rows int) *pane {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("this machine has no pseudo terminals: ", err)
	}
	t.Cleanup(func() { master.Close() })
	n := 0
	control(t, master, func(fd int) (err error) {
		if err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err == nil {
			n, err = unix.IoctlGetInt(fd, unix.TIOCGPTN)
		}
		return err
	})
	slave, err := os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { slave.Close() })
	w := &pane{t: t, master: master, slave: slave, wrap: true}
	w.resize(columns, rows)
	return w
}

// resize makes the window another size; what stood there is lost, as in the worst of terminals.
func (w *pane) resize(columns, rows int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.columns, w.rows, w.row, w.col = columns, make([][]rune, rows), 0, 0
	for i := range w.rows {
		w.rows[i] = w.blank()
	}
	control(w.t, w.master, func(fd int) error {
		return unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: uint16(rows), Col: uint16(columns)})
	})
}

// control does something with a descriptor that stays such that Close ends a Read.
func control(t *testing.T, f *os.File, do func(fd int) error) {
	t.Helper()
	conn, err := f.SyscallConn()
	if err == nil {
		err2 := conn.Control(func(fd uintptr) { err = do(int(fd)) })
		err = errors.Join(err, err2)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (w *pane) blank() []rune { return []rune(strings.Repeat(" ", w.columns)) }

// show draws what comes, until the last program has left the terminal.
func (w *pane) show() {
	buf := make([]byte, 4096)
	for {
		n, err := w.master.Read(buf)
		w.mu.Lock()
		w.pending += string(buf[:n])
		w.obey()
		w.mu.Unlock()
		if err != nil {
			return
		}
	}
}

var sequence = regexp.MustCompile(`^\x1b\[(\??)([0-9;]*)([A-Za-z])`)

func (w *pane) obey() {
	for w.pending != "" {
		if w.pending[0] == 0x1b {
			m := sequence.FindStringSubmatch(w.pending)
			if m == nil {
				if len(w.pending) > 30 {
					w.t.Errorf("the terminal does not know %q", w.pending[:30])
				}
				return
			}
			w.pending = w.pending[len(m[0]):]
			w.control(m[1], m[2], m[3])
			continue
		}
		r := []rune(w.pending)[0]
		if r == '\uFFFD' && len(w.pending) < 4 {
			return // the rest of the rune has not come yet
		}
		w.pending = w.pending[len(string(r)):]
		w.put(r)
	}
}

func (w *pane) control(private, number, verb string) {
	n, _ := strconv.Atoi(number)
	switch private + verb {
	case "A":
		w.row = max(w.row-max(n, 1), 0)
	case "H":
		w.row, w.col = 0, 0
	case "J":
		if n == 2 {
			w.resetFrom(0, 0)
			return
		}
		w.resetFrom(w.row, w.col)
	case "m":
	case "?h", "?l":
		if n == 7 {
			w.wrap = verb == "h"
		}
	default:
		w.t.Errorf("the terminal does not know %q", private+number+verb)
	}
}

func (w *pane) resetFrom(row, col int) {
	for ; row < len(w.rows); row, col = row+1, 0 {
		for ; col < w.columns; col++ {
			w.rows[row][col] = ' '
		}
	}
}

func (w *pane) put(r rune) {
	switch r {
	case '\r':
		w.col = 0
		return
	case '\n':
		w.down()
		return
	}
	if w.col == w.columns {
		if !w.wrap {
			return
		}
		w.col = 0
		w.down()
	}
	w.rows[w.row][w.col] = r
	w.col++
}

func (w *pane) down() {
	if w.row++; w.row == len(w.rows) {
		w.rows, w.row = append(w.rows[1:], w.blank()), w.row-1
	}
}

// text is what the window shows.
func (w *pane) text() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]string, len(w.rows))
	for i, row := range w.rows {
		out[i] = strings.TrimRight(string(row), " ")
	}
	return out
}

// until waits until the window shows what is asked for.
func (w *pane) until(what string, ok func(text []string) bool) []string {
	w.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		text := w.text()
		if ok(text) {
			return text
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("the window does not show %s:\n%s", what, strings.Join(text, "\n"))
		}
	}
}

func holds(part string) func([]string) bool {
	return func(text []string) bool {
		return slices.ContainsFunc(text, func(l string) bool { return strings.Contains(l, part) })
	}
}

// holdsAll reports whether the lines of part stand in text below each other.
func holdsAll(text, part []string) bool {
	return strings.Contains("\n"+strings.Join(text, "\n")+"\n", "\n"+strings.Join(part, "\n")+"\n")
}

// run starts `portico ARG…` in the window. shown is closed when everything that it wrote stands there.
func (w *pane) run(args ...string) (cmd *exec.Cmd, shown chan struct{}) {
	w.t.Helper()
	program, err := exec.LookPath("portico")
	if err != nil {
		w.t.Fatal(err)
	}
	cmd = exec.Command(program, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = w.slave, w.slave, w.slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { cmd.Process.Kill() })
	shown = make(chan struct{})
	go func() { defer close(shown); w.show() }()
	return cmd, shown
}

// Ctrl-C at a prompt for a password leaves a terminal that shows what is typed.
func TestPasswordPrompt(t *testing.T) {
	w := openWindow(t, 80, 24)
	cmd, shown := w.run("user", "add", "--data", filepath.Join(t.TempDir(), "data"), "ann")
	echoes := func() bool {
		mode, err := unix.IoctlGetTermios(int(w.slave.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		return mode.Lflag&unix.ECHO != 0
	}
	w.until("the prompt, without echo", func(text []string) bool { return holds("Password:")(text) && !echoes() })
	w.master.WriteString("\x03")
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("it ended with %v", err)
	}
	if !echoes() {
		t.Error("the terminal stays blind")
	}
	w.slave.Close()
	<-shown
	if text := w.text(); !holds("nothing was changed")(text) {
		t.Errorf("the window shows\n%s", strings.Join(text, "\n"))
	}
}

// Whoever closes the window ends the server; a HUP alone does not.
func TestWindowClosed(t *testing.T) {
	w := openWindow(t, 80, 30)
	cmd, shown := w.run("serve", "--data", filepath.Join(t.TempDir(), "data"), "--http", "127.0.0.1:0", t.TempDir())
	w.until("what to do", holds("Ctrl-C ends it."))
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	w.until("that the settings were read again", holds("settings"))
	w.slave.Close()
	w.master.Close()
	<-shown
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// send puts a file as a client of that name.
func send(t *testing.T, url, client string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPut, url, strings.NewReader("hello"))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("User-Agent", client)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusCreated {
		t.Fatalf("%s: %s", url, answer.Status)
	}
}

// In a terminal: the code stays, whatever happens below it, and the end is clean.
func TestServeInATerminal(t *testing.T) {
	box := filepath.Join(t.TempDir(), "box")
	if err := os.Mkdir(box, 0o755); err != nil {
		t.Fatal(err)
	}
	big, err := os.Create(filepath.Join(box, "film.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	if err := big.Truncate(64 << 20); err != nil {
		t.Fatal(err)
	}
	big.Close()

	w := openWindow(t, 90, 30)
	cmd, shown := w.run("serve", "--data", filepath.Join(t.TempDir(), "data"), "--http", "127.0.0.1:0", "--write", box)

	text := w.until("what to do", holds("Ctrl-C ends it."))
	first := slices.IndexFunc(text, func(l string) bool { return strings.Contains(l, "▄") || strings.Contains(l, "█") })
	last := slices.IndexFunc(text, func(l string) bool { return strings.Contains(l, "Ctrl-C ends it.") })
	code := slices.Clone(text[first : last+1])
	if first < 0 || len(code) < 12 {
		t.Fatalf("there is no code:\n%s", strings.Join(text, "\n"))
	}
	url := regexp.MustCompile(`http://[0-9.:]+/`).FindString(text[last])

	// More lines than there is room for: the latest stand there, and so does the code.
	for i := range 15 {
		send(t, fmt.Sprintf("%sbox/%d.txt", url, i), fmt.Sprintf("phone-%d", i))
	}
	text = w.until("the last upload", holds("phone-14 added 14.txt"))
	if !holdsAll(text, code) {
		t.Errorf("the code was scrolled away:\n%s", strings.Join(text, "\n"))
	}

	// A running transfer has a line, also after the window became smaller.
	answer, err := http.Get(url + "box/film.mp4")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := io.CopyN(io.Discard, answer.Body, 1<<20); err != nil {
		t.Fatal(err)
	}
	w.until("the download", holds("film.mp4"))
	w.resize(60, 24)
	text = w.until("the download and the code in the smaller window", func(text []string) bool {
		return holds("film.mp4")(text) && holdsAll(text[:len(text)-1], code[:len(code)-1])
	})

	// Ctrl-C: it says that the download may end first; once more ends it.
	w.master.WriteString("\x03")
	w.until("that it waits", holds("ending: 1 transfer"))
	w.master.WriteString("\x03")
	if err := cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
	w.slave.Close()
	<-shown
	text = w.text()
	if holds("░")(text) || !holdsAll(text, code[:len(code)-1]) {
		t.Errorf("at the end the window shows\n%s", strings.Join(text, "\n"))
	}
}
