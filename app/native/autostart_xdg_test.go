//go:build unix && !darwin

package native

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// person is somebody with an empty home on a computer without anything shared.
func person(t *testing.T) Places {
	t.Helper()
	top := t.TempDir()
	home := filepath.Join(top, "home")
	if err := os.Mkdir(home, 0o755); err != nil {
		t.Fatal(err)
	}
	return Places{
		Home: home, Config: filepath.Join(home, ".config"), Data: filepath.Join(home, ".local", "share"), Path: os.Getenv("PATH"),
		ConfigDirs: []string{filepath.Join(top, "etc", "xdg")}, DataDirs: []string{filepath.Join(top, "usr", "share")}, Desktops: []string{"xfce"},
	}
}

// files are what lies below a folder, with content and mode.
func files(t *testing.T, top string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	err := filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == top {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text := ""
		if info.Mode().IsRegular() {
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			text = string(content)
		}
		out[strings.TrimPrefix(path, top)] = info.Mode().String() + " " + text
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// valid has desktop-file-validate judge a file.
func valid(t *testing.T, name string) {
	t.Helper()
	judge, err := exec.LookPath("desktop-file-validate")
	if err != nil {
		t.Skip("desktop-file-validate is not installed")
	}
	if out, err := exec.Command(judge, name).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestAutostart(t *testing.T) {
	p := person(t)
	program := filepath.Join(p.Home, `my "apps"`, "portico 100%")
	write(t, program, "#!/bin/sh\n")
	if err := os.Chmod(program, 0o755); err != nil {
		t.Fatal(err)
	}
	before := files(t, p.Home)
	a := NewAutostart(p, Program{program, []string{"--data", "/x y"}})
	state := func(want AutostartState, when string) {
		t.Helper()
		if got, err := a.State(); err != nil || got != want {
			t.Errorf("%s: %+v, %v", when, got, err)
		}
	}
	set := func(on bool) {
		t.Helper()
		if err := a.Set(on); err != nil {
			t.Fatal(err)
		}
	}
	on := AutostartState{On: true, Path: program}
	state(AutostartState{}, "nothing arranged")
	set(false)
	set(true)
	set(true)
	state(on, "on")
	own := filepath.Join(p.Config, "autostart", "portico.desktop")
	valid(t, own)
	text, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	if words, err := readExec(readGroup(string(text), "Desktop Entry")["Exec"]); err != nil || strings.Join(words, "|") != program+"|--data|/x y|--hidden" {
		t.Errorf("starts %q, %v", words, err)
	}
	for what, change := range map[string][2]string{
		"Hidden":               {"Terminal=false", "Terminal=false\nHidden=true"},
		"GNOME's own key":      {"X-GNOME-Autostart-enabled=true", "X-GNOME-Autostart-enabled=false"},
		"MATE's own key":       {"Terminal=false", "Terminal=false\nX-MATE-Autostart-enabled=false"},
		"another desktop only": {"Terminal=false", "OnlyShowIn=GNOME;KDE;"},
		"not this desktop":     {"Terminal=false", "NotShowIn=XFCE;"},
		"no command":           {"Exec=", "Was="},
		"another group":        {"[Desktop Entry]", "[Another]"},
	} {
		write(t, own, strings.Replace(string(text), change[0], change[1], 1))
		state(AutostartState{}, what)
	}
	write(t, own, strings.Replace(string(text), "Terminal=false", "OnlyShowIn=GNOME;XFCE;\nHidden=false\n#Hidden=true", 1))
	state(on, "this desktop among others")
	write(t, own, strings.Replace(string(text), program[1:4], "gon", 1))
	set(true)
	state(on, "repaired")
	if err := os.Remove(program); err != nil {
		t.Fatal(err)
	}
	state(AutostartState{On: true, Stale: true, Path: program}, "the program is gone")
	write(t, program, "#!/bin/sh\n")
	if err := os.Chmod(program, 0o755); err != nil {
		t.Fatal(err)
	}
	set(false)
	state(AutostartState{}, "off")
	if after := files(t, p.Home); len(after) != len(before) {
		t.Errorf("left behind: %v", after)
	}
}

func TestAutostartThatTheAdministratorArranged(t *testing.T) {
	p := person(t)
	a := NewAutostart(p, Program{"/bin/true", nil})
	write(t, filepath.Join(p.ConfigDirs[0], "autostart", "portico.desktop"), "[Desktop Entry]\nType=Application\nName=x\nExec=true --hidden\n")
	if got, err := a.State(); err != nil || got != (AutostartState{On: true, Path: "true"}) {
		t.Errorf("arranged: %+v, %v", got, err)
	}
	if err := a.Set(false); err != nil {
		t.Fatal(err)
	}
	if got, err := a.State(); err != nil || got.On {
		t.Errorf("switched off: %+v, %v", got, err)
	}
	valid(t, filepath.Join(p.Config, "autostart", "portico.desktop"))
}

func TestProgramThatCannotBeStarted(t *testing.T) {
	for _, program := range []Program{{"portico", nil}, {"/a\nExec=evil", nil}, {"/a", []string{"b\x00"}}, {"/\xff", nil}} {
		if err := NewAutostart(person(t), program).Set(true); !errors.Is(err, errProgram) {
			t.Errorf("%q: %v", program, err)
		}
		if _, err := NewEntries(person(t), program, nil).Install(t.Context()); !errors.Is(err, errProgram) {
			t.Errorf("%q: %v", program, err)
		}
	}
}
