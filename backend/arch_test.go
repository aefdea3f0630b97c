package backend

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// room is a row of the import table: which rooms of ours a room may use, and why no others.
type room struct {
	path string   // folder below the module's root; governs the folders below that have no row
	may  []string // folders it may import, each with what lies below; itself is always allowed
	not  []string // imports from outside the module that are kept out
	why  string
}

// files are what opens files and databases. Of "os" the names of errors are no harm (harmless).
var files = []string{"os", "path/filepath", "io/ioutil", "database/sql"}

func table() []room {
	const door = "a door: it translates, cannot decide, reaches files through a Session only, and knows no other door"
	ground := []string{"backend/access", "backend/event", "backend/account"}
	doors := append(ground, "backend/share", "backend/vfs", "backend/problem", "backend/listen", "backend/qr", "backend/device",
		"backend/media", "backend/archive", "backend/protocol/wire", "backend/protocol/entry", "backend/protocol/stream")
	sql := []string{"database/sql"}
	return []room{
		{"", []string{"app"}, nil, "main is one line; the program is app"},
		{"app", []string{"assets", "backend/server", "backend/config", "backend/access", "backend/event", "backend/vfs", "backend/qr"}, sql,
			"the program holds a server and talks to it; it knows no store and no door"},
		{"app/native", nil, append(sql, "net/http"), "what a desktop gives to any program; it knows nothing of the house"},
		{"app/tray", nil, sql, "it asks the control listener, as anybody would; it knows neither server nor window"},
		{"app/window", nil, append(sql, "net"), "it shows an address that it is handed; it knows neither server nor share"},
		{"assets", nil, files, "pictures"},
		{"backend", nil, files, "doc.go and this table"},

		{"backend/server", []string{"backend", "frontend"}, sql, "builds the house, so it knows every room"},
		{"backend/server/control", nil, sql, "carries bytes between this computer's programs, whatever they say"},

		{"backend/api", doors, files, door},
		{"backend/api/urlpath", nil, append(files, "net/http"), "pure text"},
		{"backend/api/typescript", []string{"backend/api"}, files, "writes down what the API's document says"},
		{"backend/protocol/web", append(doors, "frontend"), files, door},
		{"backend/protocol/webdav", doors, files, door},
		{"backend/protocol/ftp", doors, files, door},
		{"backend/protocol/sftp", doors, files, door},
		{"backend/protocol/tftp", doors, files, door},
		{"backend/protocol/smb", append(doors, "backend/samba"), files, door + "; Samba speaks for it"},
		{"backend/protocol/protocoltest", []string{"backend/access", "backend/event", "backend/account", "backend/share", "backend/store", "backend/vfs", "backend/listen"}, append(sql, "net", "net/http"),
			"what every door must pass; knows none of them"},
		{"backend/protocol/protocoltest/httpclient", []string{"backend/protocol/protocoltest"}, sql, "clients over HTTP for that suite; knows no door"},
		{"backend/protocol/entry", append(ground, "backend/share", "backend/vfs"), append(files, "net", "net/http"),
			"who comes by a name and a secret, alike at every door; what they may do is not its to say"},
		{"backend/protocol/stream", []string{"backend/listen"}, append(files, "net/http"), "connections, whatever is spoken there"},
		{"backend/protocol/wire", nil, files, "the rules of HTTP, for every door that speaks it; knows nothing of the house"},

		{"backend/share", append(ground, "backend/store", "backend/vfs"), append(files, "net/http"), "a service below the doors"},
		{"backend/quota", []string{"backend/access", "backend/event", "backend/store", "backend/vfs"}, append(files, "net/http"), "a guard: it counts and opens nothing"},
		{"backend/archive", []string{"backend/vfs"}, append(files, "net/http"), "a service below the doors"},
		{"backend/media", nil, append(sql, "net/http"), "a service: content comes in open; only its own cache is on disk"},
		{"backend/problem", append(ground, "backend/vfs", "backend/share"), files, "the one table from errors to words"},

		{"backend/vfs", []string{"backend/access", "backend/event", "backend/store"}, append(files, "net", "net/http"),
			"the core knows a door as a label only, and files through drivers only"},
		{"backend/vfs/limit", []string{"backend/access", "backend/vfs"}, append(files, "net", "net/http"), "a guard: rates and nothing else"},
		{"backend/vfs/vfstest", []string{"backend/access", "backend/event", "backend/store", "backend/vfs"}, sql, "a whole core for tests of others"},
		{"backend/vfs/driver", nil, append(files, "net", "net/http"), "the seam knows no identity, right, door or event"},
		{"backend/vfs/localdisk", []string{"backend/vfs/driver"}, append(sql, "net", "net/http"), "a driver knows no identity, right, door or event"},
		{"backend/vfs/objectsim", []string{"backend/vfs/driver"}, append(sql, "net", "net/http"), "a driver, for tests"},
		{"backend/vfs/refusals", []string{"backend/vfs/driver"}, append(sql, "net", "net/http"), "a driver, for tests"},
		{"backend/vfs/drivertest", []string{"backend/vfs/driver"}, append(sql, "net", "net/http"), "what every driver must pass; knows none of them"},

		{"backend/access", nil, append(files, "time", "context"), "pure rules over values: no input, output or clock"},
		{"backend/event", []string{"backend/device"}, files, "facts and the bus, and their sentences; the store writes them"},
		{"backend/config", []string{"backend/access"}, sql, "values and one file"},
		{"backend/store", []string{"backend/access", "backend/event"}, []string{"net", "net/http"}, "the only SQL; decides nothing"},
		{"backend/account", []string{"backend/access", "backend/event", "backend/store"}, append(files, "net/http"),
			"who somebody is; not what they may do, nor how they asked"},

		{"backend/certificate", nil, sql, "one key and one certificate in the data folder"},
		{"backend/hostkey", nil, sql, "three keys in the data folder"},
		{"backend/samba", nil, append(sql, "net/http"), "runs somebody else's program, and asks it whether it works; knows nothing of what is served"},
		{"backend/discovery", nil, sql, "looks at this computer's networks and speaks there; knows nothing of what is served"},
		{"backend/diagnose", []string{"backend/discovery"}, append(files, "os/exec", "net/http"),
			"judges what a machine saw; looks only through the one that it is given"},
		{"backend/listen", nil, sql, "opens ports, whatever is spoken there"},
		{"backend/qr", nil, files, "pure drawing"},
		{"backend/device", nil, append(files, "net/http"), "pure text: a name for what a client says of itself"},

		{"frontend", nil, append(sql, "path/filepath"), "the built pages and the templates, filled with values"},
		{"build", nil, sql, "must start on a machine that has nothing yet"},
		{"build/trayicons", nil, sql, "a program of its own: pictures out of the sign"},
		{"build/apitypes", []string{"backend/api/typescript"}, sql, "a program of its own, so that build needs nothing of the house"},
	}
}

// source is one Go file that is no test.
type source struct {
	path string // on disk
	dir  string // below the module's root, slashes; "" is the root
	name string
	file *ast.File
}

func sources(t *testing.T) []source {
	t.Helper()
	var out []source
	top, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(top, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if path != top && (strings.HasPrefix(name, ".") || name == "node_modules" || name == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(top, filepath.Dir(path))
		if err != nil {
			return err
		}
		if dir = filepath.ToSlash(dir); dir == "." {
			dir = ""
		}
		out = append(out, source{path, dir, name, file})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestImports(t *testing.T) {
	rows := table()
	used := make(map[string]bool)
	for _, s := range sources(t) {
		row, ok := rowOf(rows, s.dir)
		if !ok {
			t.Errorf("%s: a new room needs a row in the import table", s.dir)
			continue
		}
		used[row.path] = true
		for _, spec := range s.file.Imports {
			path := strings.Trim(spec.Path.Value, `"`)
			if !row.allows(path) && !(path == "os" && harmless(t, s)) {
				t.Errorf("%s/%s imports %s: %s", s.dir, s.name, path, row.why)
			}
		}
	}
	for _, r := range rows {
		if !used[r.path] {
			t.Errorf("the import table has a row for %q, which does not exist", r.path)
		}
	}
}

func (r room) allows(path string) bool {
	ours, ok := strings.CutPrefix(path, "portico/")
	if !ok {
		return !slices.Contains(r.not, path)
	}
	if r.path != "" && within(r.path, ours) {
		return true // a room's own closets
	}
	return slices.ContainsFunc(r.may, func(dir string) bool { return within(dir, ours) })
}

// harmless reports whether a file takes nothing from "os" but the names of errors.
func harmless(t *testing.T, s source) bool {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), s.path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ok := true
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, is := n.(*ast.SelectorExpr); is {
			if pkg, is := sel.X.(*ast.Ident); is && pkg.Name == "os" && !strings.Contains(sel.Sel.Name, "Err") {
				ok = false
			}
		}
		return true
	})
	return ok
}

// rowOf finds the deepest row that governs dir.
func rowOf(rows []room, dir string) (best room, ok bool) {
	for _, r := range rows {
		if (r.path == dir || r.path != "" && within(r.path, dir)) && (!ok || len(r.path) > len(best.path)) {
			best, ok = r, true
		}
	}
	return best, ok
}

func within(dir, path string) bool {
	return path == dir || strings.HasPrefix(path, dir+"/")
}

// TestDocs: a package says what it is for before it does anything.
func TestDocs(t *testing.T) {
	docs := make(map[string]string)
	for _, s := range sources(t) {
		docs[s.dir] += s.file.Doc.Text()
	}
	for dir, text := range docs {
		name := dir[strings.LastIndexByte(dir, '/')+1:]
		if !strings.HasPrefix(text, "Package ") && !strings.HasPrefix(text, "Command ") || len(text) < 80 {
			t.Errorf("%s: its package comment does not say what it is for: %q", dir, text)
		}
		if slices.Contains([]string{"util", "utils", "common", "helpers", "types", "models"}, name) {
			t.Errorf("%s: that name says nothing; name the noun", dir)
		}
	}
}
