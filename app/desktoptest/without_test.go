//go:build linux

package desktoptest

import (
	"net/http"
	"syscall"
	"testing"
)

// What a desktop may lack. Whatever it is, folders are shared, a second start hands over, and the end
// is in order.
func TestWithout(t *testing.T) {
	program(t)
	for name, prepare := range map[string]func(d *desk) (windowed bool){
		"no display":   func(d *desk) bool { d.session(); return false },
		"dead display": func(d *desk) bool { d.session(); d.env = append(d.env, "DISPLAY=:6553"); return false },
		"no bus":       func(d *desk) bool { d.screen(); return true },
		"no panel":     func(d *desk) bool { d.screen(); d.session(); return true },
		"nothing":      func(d *desk) bool { return false },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			windowed := prepare(d)
			folder := d.write("Folder/a.txt", "a")
			p := d.launch(folder[:len(folder)-len("/a.txt")])
			d.serving(d.shared("Folder", "open"), http.StatusOK)
			if windowed {
				d.windowed(true)
			}
			d.write("Second/b.txt", "b")
			if out, err := d.command(program(t), d.home+"/Second").CombinedOutput(); err != nil {
				t.Errorf("a second start: %v: %s", err, out)
			}
			d.shared("Second", "open")
			if windowed {
				// Nowhere to hide: the window stays within reach.
				d.out("wmctrl", "-c", "Portico")
				d.serving(d.shared("Folder", "open"), http.StatusOK)
				d.windowed(true)
			}
			p.cmd.Process.Signal(syscall.SIGTERM)
			p.ended(0)
		})
	}
}

// A start while the one before it still ends waits for it, and then takes over.
func TestStartWhileEnding(t *testing.T) {
	program(t)
	d := newDesk(t)
	first := d.launch()
	first.cmd.Process.Signal(syscall.SIGTERM)
	second := d.launch()
	first.ended(0)
	second.t = t
	d.until("an instance that takes over", func() bool { return d.ask("GET", "/-/api/status", nil, nil) == nil })
	second.cmd.Process.Signal(syscall.SIGTERM)
	second.ended(0)
}

// Two starts at once: one of them runs, the other hands over.
func TestTwoStarts(t *testing.T) {
	program(t)
	d := newDesk(t)
	d.write("One/a.txt", "a")
	d.write("Two/b.txt", "b")
	one, two := d.command(program(t), d.home+"/One"), d.command(program(t), d.home+"/Two")
	ends := make(chan error, 2)
	for _, cmd := range []interface{ Run() error }{one, two} {
		go func() { ends <- cmd.Run() }()
	}
	if err := <-ends; err != nil {
		t.Fatal("the one that hands over: ", err)
	}
	d.shared("One", "open")
	d.shared("Two", "open")
	for _, pid := range d.processes("portico-desktop") {
		syscall.Kill(pid, syscall.SIGTERM)
	}
	if err := <-ends; err != nil {
		t.Error("the one that ran: ", err)
	}
}

// Whoever started it by a click learns in a window why it could not start.
func TestFailure(t *testing.T) {
	bin := program(t)
	d := newDesk(t)
	d.screen()
	d.session()
	d.write("data/config.toml", "[http]\naddr = \"nowhere\"\n")
	cmd := d.command(bin)
	done := make(chan error, 1)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { done <- cmd.Wait() }()
	d.windowed(true)
	// Seen, not only there: close it as a person does.
	d.until("the end of it", func() bool {
		d.out("wmctrl", "-c", "Portico")
		select {
		case err := <-done:
			if err == nil {
				t.Error("it ends as if all were well")
			}
			return true
		default:
			return false
		}
	})
}
