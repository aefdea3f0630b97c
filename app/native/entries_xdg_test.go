//go:build unix && !darwin

package native

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// entries are those of a person for a program with a name that needs quoting. What the program is called
// with is recorded.
func entries(t *testing.T, p Places) (e *Entries, record string) {
	t.Helper()
	record = stub(t, "portico")
	dir := filepath.Join(filepath.Dir(record), `it's "my" $apps`)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, "portico")
	if err := os.Rename(filepath.Join(filepath.Dir(record), "portico"), program); err != nil {
		t.Fatal(err)
	}
	pictures := []Picture{{0, []byte("<svg/>")}, {192, []byte("png")}}
	return NewEntries(p, Program{program, []string{"--data", "/my data"}}, pictures), record
}

func install(t *testing.T, e *Entries) []string {
	t.Helper()
	lines, err := e.Install(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

// manager gives the computer a file manager, as it is when one is installed.
func manager(t *testing.T, p Places, name string) {
	t.Helper()
	apps := filepath.Join(p.DataDirs[0], "applications")
	write(t, filepath.Join(apps, name), "[Desktop Entry]\nType=Application\nName=Files\nExec=true %U\nMimeType=inode/directory;\n")
	write(t, filepath.Join(apps, "mimeinfo.cache"), "[MIME Cache]\ninode/directory="+name+";\n")
}

func TestEntriesComeAndGo(t *testing.T) {
	for _, before := range []string{"", "own", "own files"} {
		t.Run("with "+before, func(t *testing.T) {
			p := person(t)
			manager(t, p, "files.desktop")
			shipped := thunarEmpty[:len(thunarEmpty)-len("</actions>\n")] + othersAction + "</actions>\n"
			write(t, filepath.Join(p.ConfigDirs[0], "Thunar", "uca.xml"), shipped)
			if before != "" {
				write(t, filepath.Join(p.Config, "mimeapps.list"), "[Added Associations]\ntext/plain=x.desktop;\n\n[Default Applications]\ntext/plain=x.desktop\n")
				write(t, filepath.Join(p.Config, "Thunar", "uca.xml"), "<actions>\n  "+othersAction+"<!-- mine --></actions>")
			}
			if before == "own files" {
				write(t, filepath.Join(p.Data, "applications", "x.desktop"), "[Desktop Entry]\nType=Application\nName=x\nExec=x\n")
				write(t, filepath.Join(p.Data, "nautilus", "scripts", "mine"), "#!/bin/sh\n")
			}
			was := files(t, p.Home)
			e, _ := entries(t, p)
			if e.Installed() {
				t.Error("installed before it was")
			}
			lines := install(t, e)
			if !e.Installed() || len(lines) != 7 {
				t.Errorf("installed %v: %q", e.Installed(), lines)
			}
			is := files(t, p.Home)
			for name, content := range was {
				if _, there := is[name]; !there {
					t.Errorf("%s is gone (%s)", name, content)
				}
			}
			for _, line := range install(t, e) {
				if !strings.Contains(line, ": is there already, ") {
					t.Errorf("the second time: %s", line)
				}
			}
			if again := files(t, p.Home); !maps.Equal(is, again) {
				t.Errorf("a second time changes it: %v", again)
			}
			lines, err := e.Remove(t.Context())
			if err != nil || len(lines) != 7 {
				t.Errorf("removed: %q, %v", lines, err)
			}
			now := files(t, p.Home)
			delete(now, "/.local/share/applications/mimeinfo.cache") // the desktop's own, for the person's other programs
			if !maps.Equal(was, now) {
				t.Errorf("left behind:\n%v\nnot\n%v", now, was)
			}
			if lines, err := e.Remove(t.Context()); err != nil || !slices.Equal(lines, []string{"There was nothing to remove."}) {
				t.Errorf("the second time: %q, %v", lines, err)
			}
		})
	}
}

func TestEntriesLeaveWhatIsNotTheirs(t *testing.T) {
	p := person(t)
	write(t, filepath.Join(p.Data, "applications", "portico.desktop"), "[Desktop Entry]\nName=of somebody else\n")
	write(t, filepath.Join(p.Config, "Thunar", "uca.xml"), "not a list")
	was := files(t, p.Home)
	e, _ := entries(t, p)
	lines, err := e.Install(t.Context())
	if err == nil || !strings.Contains(err.Error(), "portico.desktop is not from Portico") || !strings.Contains(err.Error(), "uca.xml is not a list") {
		t.Error(err)
	}
	if len(lines) != 5 {
		t.Errorf("the rest was not done: %q", lines)
	}
	if _, err := e.Remove(t.Context()); err == nil {
		t.Error("removed what is not ours without a word")
	}
	now := files(t, p.Home)
	delete(now, "/.local/share/applications/mimeinfo.cache")
	if !maps.Equal(was, now) {
		t.Errorf("left behind:\n%v\nnot\n%v", now, was)
	}
}

func TestEntryFilesAreRight(t *testing.T) {
	p := person(t)
	manager(t, p, "files.desktop")
	e, record := entries(t, p)
	install(t, e)
	valid(t, e.menu())
	text, err := os.ReadFile(e.menu())
	if err != nil {
		t.Fatal(err)
	}
	keys := readGroup(string(text), "Desktop Entry")
	if keys["MimeType"] != "inode/directory;" || keys["StartupWMClass"] != "Portico-window" || keys["Icon"] != "portico" {
		t.Errorf("%q", keys)
	}
	dolphin := e.data("kio", "servicemenus", "portico.desktop")
	if info, err := os.Stat(dolphin); err != nil || info.Mode().Perm() != 0o755 {
		t.Error("Dolphin would not believe it:", info, err)
	}
	cache, err := os.ReadFile(e.data("applications", "mimeinfo.cache"))
	if _, lookErr := exec.LookPath("update-desktop-database"); lookErr == nil && (err != nil || !strings.Contains(string(cache), "inode/directory=portico.desktop")) {
		t.Errorf("%s %v", cache, err)
	}

	// What each hands over is run as its file manager runs it.
	folder := filepath.Join(p.Home, "-a 'b' \"c\" $d; e")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	want := []string{"--data", "/my data", folder}
	if gio, err := exec.LookPath("gio"); err != nil {
		t.Skip("gio is not installed")
	} else if out, err := exec.Command(gio, "launch", e.menu(), folder).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if got := recorded(t, record); !slices.Equal(got, want) {
		t.Errorf("the menu hands over %q", got)
	}
	script := exec.Command(e.data("nautilus", "scripts", label), filepath.Base(folder), "/whole path")
	script.Dir = p.Home
	if out, err := script.CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if got := recorded(t, record); !slices.Equal(got, append(want, "/whole path")) {
		t.Errorf("the Nautilus script hands over %q", got)
	}
	nemo, err := os.ReadFile(e.data("nemo", "actions", "portico.nemo_action"))
	if err != nil {
		t.Fatal(err)
	}
	command := unescapeValue(readGroup(string(nemo), "Nemo Action")["Exec"])
	if out, err := exec.Command("/bin/sh", "-c", strings.Replace(command, "%F", shellWords([]string{folder}), 1)).CombinedOutput(); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	if got := recorded(t, record); !slices.Equal(got, want) {
		t.Errorf("Nemo hands over %q", got)
	}
}

// TestFoldersOpenAsBefore asks GLib, which most desktops ask, who opens folders.
func TestFoldersOpenAsBefore(t *testing.T) {
	gio, err := exec.LookPath("gio")
	if err != nil {
		t.Skip("gio is not installed")
	}
	opens := func(p Places) string {
		cmd := exec.Command(gio, "mime", "inode/directory")
		cmd.Env = []string{"HOME=" + p.Home, "XDG_CONFIG_HOME=" + p.Config, "XDG_DATA_HOME=" + p.Data, "PATH=" + os.Getenv("PATH"), "LC_ALL=C",
			"XDG_CONFIG_DIRS=" + p.ConfigDirs[0], "XDG_DATA_DIRS=" + p.DataDirs[0], "XDG_CURRENT_DESKTOP=XFCE"}
		out, _ := cmd.Output()
		first, _, _ := strings.Cut(string(out), "\n")
		return first
	}
	const files = "Default application for “inode/directory”: files.desktop"
	plain := func(text string) string { return strings.NewReplacer("“", "'", "”", "'", "?", "'").Replace(text) }
	for name, c := range map[string]struct {
		arrange func(p Places)
		kept    bool
	}{
		"nobody chose": {func(Places) {}, true},
		"the desktop chose": {func(p Places) {
			write(t, filepath.Join(p.ConfigDirs[0], "xfce-mimeapps.list"), "[Default Applications]\ninode/directory=files.desktop\n")
		}, false},
		"the person chose": {func(p Places) {
			write(t, filepath.Join(p.Config, "mimeapps.list"), "[Default Applications]\ninode/directory=files.desktop;\n")
		}, false},
		"somebody chose what left": {func(p Places) {
			write(t, filepath.Join(p.Config, "mimeapps.list"), "[Default Applications]\ninode/directory=gone.desktop;\n")
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := person(t)
			manager(t, p, "files.desktop")
			c.arrange(p)
			if got := opens(p); plain(got) != plain(files) {
				t.Fatal("before:", got)
			}
			e, _ := entries(t, p)
			install(t, e)
			if got := opens(p); plain(got) != plain(files) {
				t.Error("with the entries:", got)
			}
			if kept := e.kept() != ""; kept != c.kept {
				t.Error("written down:", e.kept())
			}
			if _, err := e.Remove(t.Context()); err != nil {
				t.Error(err)
			}
			if got := opens(p); plain(got) != plain(files) {
				t.Error("after:", got)
			}
		})
	}
	t.Run("nobody else opens folders", func(t *testing.T) {
		p := person(t)
		e, _ := entries(t, p)
		install(t, e)
		if text, err := os.ReadFile(e.menu()); err != nil || strings.Contains(string(text), "MimeType") {
			t.Errorf("%v\n%s", err, text)
		}
	})
	t.Run("chosen otherwise since", func(t *testing.T) {
		p := person(t)
		manager(t, p, "files.desktop")
		e, _ := entries(t, p)
		install(t, e)
		write(t, e.choices(), "[Default Applications]\ninode/directory=other.desktop\n")
		if _, err := e.Remove(t.Context()); err != nil {
			t.Error(err)
		}
		if text, _ := read(e.choices()); text != "[Default Applications]\ninode/directory=other.desktop\n" {
			t.Errorf("%q", text)
		}
	})
}
