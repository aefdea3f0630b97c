package frontend

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"sync"
)

//go:embed all:dist
var dist embed.FS

//go:embed src/lib/ui/*.css
var styles embed.FS

// Prefix is the URL place of the built files.
const Prefix = "/-/app/"

// ErrNotBuilt says that the program was made without running `npm run build` in frontend first.
var ErrNotBuilt = errors.New("frontend: the page's scripts were not built")

// plainStyle is the name of the style that stands in for the built one.
const plainStyle = "plain.css"

// built is what dist/app/app.json says: names of files below Prefix.
type built struct {
	Script  string              `json:"script"`  // the entry, a module
	Style   string              `json:"style"`   // of what the server draws, and of the list
	Later   string              `json:"later"`   // of the parts that the script loads when they are needed
	Inbox   string              `json:"inbox"`   // of the inbox, beside the one of every page
	Icons   map[string]string   `json:"icons"`   // source name to built name
	Preload map[string][]string `json:"preload"` // per page kind, the modules that the entry will ask for
	Window  struct {
		Script string `json:"script"`
		Style  string `json:"style"`
	} `json:"window"` // the owner's page
}

// site is everything that is made once from the embedded files.
type site struct {
	files fs.FS // the built files, with twins
	built built
	plain []byte // the style for a program without built files
	err   error  // ErrNotBuilt or what is wrong with the build
}

var load = sync.OnceValue(func() *site {
	s := &site{}
	s.files, s.err = fs.Sub(dist, "dist/app")
	if s.err == nil {
		s.built, s.err = readBuilt(s.files)
	}
	if s.err != nil {
		s.built = built{Style: plainStyle}
		s.plain = bundle(styles, "src/lib/ui")
	}
	return s
})

func readBuilt(files fs.FS) (b built, err error) {
	text, err := fs.ReadFile(files, "app.json")
	if errors.Is(err, fs.ErrNotExist) {
		return b, ErrNotBuilt
	}
	if err != nil {
		return b, err
	}
	if err := json.Unmarshal(text, &b); err != nil {
		return b, fmt.Errorf("frontend: app.json: %w", err)
	}
	return b, nil
}

var imported = regexp.MustCompile(`@import '\./([a-z]+\.css)';`)

// bundle joins the style sources in the order in which index.css imports them.
func bundle(files fs.FS, dir string) []byte {
	index, err := fs.ReadFile(files, dir+"/index.css")
	if err != nil {
		return nil
	}
	var out strings.Builder
	for _, m := range imported.FindAllSubmatch(index, -1) {
		text, err := fs.ReadFile(files, dir+"/"+string(m[1]))
		if err != nil {
			continue
		}
		out.Write(text)
	}
	return []byte(out.String())
}

// Assets returns the built files as they lie below Prefix, with their compressed twins (.gz, .br,
// .zst). It is empty where Built reports an error.
func Assets() fs.FS {
	s := load()
	if s.err != nil {
		return embed.FS{}
	}
	return s.files
}

// Built returns nil, ErrNotBuilt, or what is wrong with the built files.
func Built() error { return load().err }
