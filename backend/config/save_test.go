package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestEdit(t *testing.T) {
	v := DefaultVolume()
	v.Path, v.Folder, v.Perms = "/new", "/srv/new", map[string]string{"*": "r", "@a b": "w"}
	delete(v.Perms, "@a b")
	moved := v
	moved.Path, moved.Trash, moved.FloorBytes = "/b", false, 0
	for _, c := range []struct {
		name, before string
		changes      []Change
		after        string
	}{
		{"a value, beside a comment", "# top\n[http]\naddr  =  \":80\"   # mine\n", []Change{{Key: "http.addr", Value: ":81"}},
			"# top\n[http]\naddr  =  \":81\"   # mine\n"},
		{"windows line ends", "[http]\r\naddr = ':80'\r\n", []Change{{Key: "http.addr", Value: ":81"}, {Key: "log.level", Value: "debug"}},
			"[http]\r\naddr = \":81\"\r\n\r\n[log]\r\nlevel = \"debug\"\r\n"},
		{"a new key behind the last", "[http]\n\taddr = ':80'\n\n# logs\n[log]\n", []Change{{Key: "http.public_url", Value: "http://a"}},
			"[http]\n\taddr = ':80'\n\tpublic_url = \"http://a\"\n\n# logs\n[log]\n"},
		{"a new key in an empty section, no newline at the end", "[log]", []Change{{Key: "log.level", Value: "warn"}},
			"[log]\nlevel = \"warn\"\n"},
		{"behind the line that is commented out", "[log]\n#level = \"info\"\n# the file\n#file = \"\"\n", []Change{{Key: "log.level", Value: "warn"}},
			"[log]\n#level = \"info\"\nlevel = \"warn\"\n# the file\n#file = \"\"\n"},
		{"a new section", "[http]\n", []Change{{Key: "http.tls.mode", Value: "off"}},
			"[http]\n\n[http.tls]\nmode = \"off\"\n"},
		{"a section above a deeper one", "[http.tls]\nmode = 'off'\n", []Change{{Key: "http.addr", Value: ":1"}},
			"[http.tls]\nmode = 'off'\n\n[http]\naddr = \":1\"\n"},
		{"dotted keys", "http.addr = ':1'\n[log]\n", []Change{{Key: "http.tls.mode", Value: "off"}, {Key: "http.addr", Value: ":2"}},
			"http.addr = \":2\"\nhttp.tls.mode = \"off\"\n[log]\n"},
		{"dotted below a header", "[http]\ntls.mode = 'off'\n", []Change{{Key: "http.tls.names", Value: []string{"a"}}},
			"[http]\ntls.mode = 'off'\ntls.names = [\"a\"]\n"},
		{"braces", "http = { addr = ':1', tls = {} }\n", []Change{{Key: "http.tls.mode", Value: "off"}, {Key: "http.tls.required", Value: false}, {Key: "http.timeouts.idle", Value: Hour}},
			"http = { addr = ':1', tls = { mode = \"off\", required = false }, timeouts.idle = \"1h\" }\n"},
		{"comments in an old list go above it", "[http]\nfallback_ports = [ # why\n  80, # first\n]  # end\n", []Change{{Key: "http.fallback_ports", Value: []int{1, 2}}},
			"[http]\n# why\n# first\nfallback_ports = [1, 2]  # end\n"},
		{"away with a line", "[log]\nlevel = 'warn'\nfile = '/a' # keep\n", []Change{{Key: "log.level"}, {Key: "log.file"}},
			"[log]\n# keep\n"},
		{"away in braces", "log = { level = 'warn', file = '/a', format = 'json' }\n", []Change{{Key: "log.format"}, {Key: "log.level"}},
			"log = { file = '/a' }\n"},
		{"away what is not there", "[log]\n", []Change{{Key: "log.level"}, {Volume: "/a"}}, "[log]\n"},
		{"an entry", "", []Change{{Key: "quota.bytes.ada", Value: "5GB"}}, "[quota.bytes]\nada = \"5GB\"\n"},
		{"a whole map in its section", vol("/a") + "[volume.perms]\n# who\nada = 'r'\nbob = 'w'\n", []Change{{Volume: "/a", Key: "perms", Value: map[string]any{"bob": "rw", "cy": "r"}}},
			vol("/a") + "[volume.perms]\n# who\nbob = \"rw\"\ncy = \"r\"\n"},
		{"a name with dots", vol("/a"), []Change{{Volume: "/a", Key: "perms.a.b@c", Value: "r"}}, vol("/a") + "perms.\"a.b@c\" = \"r\"\n"},
		{"one of several volumes", vol("/a") + "# two\n" + vol("/b") + "trash = false\n" + vol("/c"), []Change{{Volume: "/b", Key: "floor", Value: "2 GB"}, {Volume: "/b", Key: "path", Value: "/d"}},
			vol("/a") + "# two\n" + strings.Replace(vol("/b"), "/b", "/d", 1) + "trash = false\nfloor = \"2GB\"\n" + vol("/c")},
		{"a new volume", "[log]\n", []Change{{Volume: "/new", Value: v}},
			"[log]\n\n[[volume]]\npath = \"/new\"\nfolder = \"/srv/new\"\nperms = { \"*\" = \"r\" }\n"},
		{"a new volume in a list", "volume = [{ path = '/a', folder = '/srv' }]\n", []Change{{Volume: "/new", Value: v}},
			"volume = [{ path = \"/new\", folder = \"/srv/new\", perms = { \"*\" = \"r\" } }, { path = '/a', folder = '/srv' }]\n"},
		{"a volume made another", vol("/a") + "# c\nread_only = true\n", []Change{{Volume: "/a", Value: moved}},
			"[[volume]]\npath = \"/b\"\nfolder = \"/srv/new\"\n# c\nperms = { \"*\" = \"r\" }\ntrash = false\nfloor = 0\n"},
		{"a volume less", vol("/a") + "\n# two\n" + vol("/b") + "[volume.perms] # p\n ada = 'r' # ada\n\n" + vol("/c"), []Change{{Volume: "/b"}},
			vol("/a") + "\n# two\n# p\n # ada\n\n" + vol("/c")},
		{"a volume less in a list", "volume = [{ path = '/a', folder = '/s' }, # one\n { path = '/b', folder = '/s', perms = {a='r'} } ]\n", []Change{{Volume: "/b"}},
			"volume = [{ path = '/a', folder = '/s' } # one\n  ]\n"},
		{"a mark in front", "\ufeff[log]\nlevel = 'info'\n", []Change{{Key: "log.level", Value: "warn"}}, "\ufeff[log]\nlevel = \"warn\"\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Edit("c.toml", []byte(c.before), c.changes...)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != c.after {
				t.Errorf("got\n%s\nwant\n%s", got, c.after)
			}
		})
	}
}

func TestEditRefuses(t *testing.T) {
	for _, c := range []struct {
		before string
		change Change
		want   string
	}{
		{"[http]\nadress = 1", Change{Key: "http.addr", Value: ":1"}, "adress"},
		{"", Change{Key: "http.adress", Value: ":1"}, "no such key; did you mean http.addr?"},
		{"", Change{Key: "htp.addr", Value: ":1"}, "no such key; did you mean http?"},
		{"", Change{Key: "xyzzyxyzzy", Value: ":1"}, "no such key; there are: general, http"},
		{"", Change{Key: "http.addr.x", Value: ":1"}, "no such key"},
		{"", Change{Key: "http.tls", Value: ":1"}, "section"},
		{"", Change{Key: "http", Value: nil}, "section"},
		{"", Change{Key: "volume", Value: nil}, "section"},
		{"", Change{Key: "quota.files.ada", Value: -1}, "at least 0"},
		{"", Change{Key: "http.addr", Value: 3}, "does not fit"},
		{"", Change{Key: "http.addr", Value: "80"}, "colon"},
		{"", Change{Key: "http.fallback_ports", Value: []any{80.5}}, "whole number"},
		{"", Change{Key: "http.fallback_ports", Value: []any{nil}}, "missing"},
		{"", Change{Key: "http.fallback_ports", Value: []any{"x"}}, "does not fit"},
		{"", Change{Key: "limits.connections", Value: "many"}, `"many" does not fit: it has to be a whole number`},
		{"", Change{Key: "limits.file_size", Value: Day}, "does not fit"},
		{"", Change{Volume: "/a", Key: "trash", Value: true}, "no such volume"},
		{"", Change{Volume: "/a", Value: "x"}, "Volume"},
		{"", Change{Volume: "/a", Value: Volume{Path: "/a"}}, "folder"},
		{vol("/a") + vol("/b"), Change{Volume: "/a", Key: "path", Value: "/b"}, "already"},
	} {
		got, err := Edit("c.toml", []byte(c.before), c.change)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q %v: got %q, %v", c.before, c.change, got, err)
		}
	}
}

func TestSave(t *testing.T) {
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real.toml"), filepath.Join(dir, "config.toml")
	if err := os.WriteFile(real, []byte("# mine\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Skip(err)
	}
	if err := Save(link, Change{Key: "http.addr", Value: "127.0.0.1:0"}); err != nil {
		t.Fatal(err)
	}
	c, err := Load(link)
	if err != nil || c.HTTP.Addr != "127.0.0.1:0" {
		t.Errorf("%v, %v", c.HTTP.Addr, err)
	}
	st, err := os.Lstat(real)
	if err != nil || runtime.GOOS != "windows" && st.Mode() != 0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
	if _, err := os.Readlink(link); err != nil {
		t.Error("the link is gone:", err)
	}
	before, _ := os.ReadFile(real)
	var ps Problems
	if err := Save(link, Change{Key: "http.addr", Value: "x y"}); !errors.As(err, &ps) {
		t.Errorf("got %v", err)
	}
	after, _ := os.ReadFile(real)
	entries, _ := os.ReadDir(dir)
	if string(before) != string(after) || len(entries) != 2 {
		t.Errorf("a refused change left %q, %v", after, entries)
	}
	made := filepath.Join(dir, "made.toml")
	if err := Save(made, Change{Key: "log.level", Value: "debug"}); err != nil {
		t.Error(err)
	}
	if c, err := Load(made); err != nil || c.Log.Level != "debug" {
		t.Errorf("%v, %v", c.Log, err)
	}
}

func commentsOf(t *testing.T, text []byte) []string {
	t.Helper()
	doc, err := parse(text)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, len(doc.comments))
	for i, c := range doc.comments {
		out[i] = string(c.of(text))
	}
	slices.Sort(out)
	return out
}

func FuzzEdit(f *testing.F) {
	changes := [][]Change{
		{{Key: "http.addr", Value: "[::1]:1"}},
		{{Key: "http.tls.mode", Value: "off"}, {Key: "http.tls.required", Value: false}},
		{{Key: "http.fallback_ports", Value: []int{1}}},
		{{Key: "http.fallback_ports"}, {Key: "http.addr"}, {Key: "quota.files"}},
		{{Key: "quota.files.plik", Value: 3}, {Key: "log.file", Value: `C:\a 'b' "c"` + "é"}},
		{{Key: "quota.files", Value: map[string]int{"admin": 1}}},
		{{Volume: "/a", Key: "perms", Value: map[string]string{"*": "r"}}},
		{{Volume: "/a", Key: "perms.ada", Value: "rw"}, {Volume: "/a", Key: "floor"}},
		{{Volume: "/a"}},
		{{Volume: "/z", Value: Volume{Path: "/z", Folder: "/srv", Durability: "fast"}}},
		{{Volume: "/a", Value: Volume{Path: "/y", Folder: "/srv", Durability: "fast", Perms: map[string]string{"b": "A"}}}},
		{{Volume: "/a", Key: "perms"}, {Volume: "/a", Key: "path", Value: "/b/c"}},
	}
	for _, text := range []string{
		"# a\n[http] # b\n# c\naddr = ':80' # d\n#tls\n", "http = { addr = ':1', # x\n tls = { mode = 'off', } , }# y",
		"[http]\nfallback_ports = [ # 1\n 80, # 2\n # 3\n]\n[quota.files] # 4\nplik=5 # 5\n",
		vol("/a") + "# p\n[volume.perms] # q\nx = 'r'# r\n" + vol("/b"), "volume = [ # 1\n{path='/a',folder='/b'# 2\n},# 3\n{folder='/c',path='/d',perms={ada='r',}}] # 4",
		"http.addr=':1'\nquota.files.plik = 4#x\r\n[log]\r\n", vol("/a") + "perms.x = 'r'\nperms.y='w' #\n", "log.file = \"\"\"\n#no\n\"\"\"#yes",
	} {
		for i := range changes {
			f.Add([]byte(text), uint8(i))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, n uint8) {
		before, err := Parse("c.toml", text)
		if err != nil {
			return
		}
		todo := changes[int(n)%len(changes)]
		after, err := Edit("c.toml", text, todo...)
		if err != nil {
			for _, c := range todo {
				if c.Volume != "" && !slices.ContainsFunc(before.Volumes, func(v Volume) bool { return v.Path == c.Volume }) {
					return // no such volume
				}
			}
			var ps Problems
			if errors.As(err, &ps) {
				return // the values do not fit together: a path that is taken
			}
			t.Fatalf("%v: %v\n%s", todo, err, text)
		}
		got, err := Parse("c.toml", after)
		if err != nil {
			t.Fatalf("%v\n%s\nbecame\n%s", err, text, after)
		}
		for _, c := range todo {
			holds(t, got, c)
		}
		if !slices.Equal(commentsOf(t, text), commentsOf(t, after)) {
			t.Fatalf("%v: comments changed\n%s\nbecame\n%s", todo, text, after)
		}
		again, err := Edit("c.toml", after)
		if err != nil || string(again) != string(after) {
			t.Fatalf("no change changed something: %v\n%s\n%s", err, after, again)
		}
	})
}

// holds checks that a change can be seen in a Config, by a way of its own.
func holds(t *testing.T, c Config, change Change) {
	t.Helper()
	v := reflect.ValueOf(c)
	if change.Volume != "" && change.Key != "path" {
		i := slices.IndexFunc(c.Volumes, func(v Volume) bool { return v.Path == change.Volume })
		if want, ok := change.Value.(Volume); ok {
			if !slices.ContainsFunc(c.Volumes, func(v Volume) bool { return reflect.DeepEqual(v, want) }) {
				t.Errorf("%v: not in %+v", change, c.Volumes)
			}
			return
		}
		if change.Key == "" {
			if i >= 0 {
				t.Errorf("%v is still there", change)
			}
			return
		}
		if i < 0 {
			return // moved by a later change
		}
		v = reflect.ValueOf(c.Volumes[i])
	}
	if change.Value == nil || change.Key == "path" {
		return
	}
	for name := range strings.SplitSeq(change.Key, ".") {
		if v.Kind() == reflect.Map {
			v = v.MapIndex(reflect.ValueOf(name))
			continue
		}
		f, _ := fieldNamed(v.Type(), name)
		v = v.Field(f.index)
	}
	if m, ok := change.Value.(map[string]bool); ok {
		for name, want := range m {
			if v.MapIndex(reflect.ValueOf(name)).Bool() != want {
				t.Errorf("%v: got %v", change, v)
			}
		}
		return
	}
	if !reflect.DeepEqual(v.Interface(), change.Value) {
		t.Errorf("%v: got %#v, want %#v", change, v.Interface(), change.Value)
	}
}
