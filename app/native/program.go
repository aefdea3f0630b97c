package native

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"unicode"
)

// Program is how the desktop starts this program: a whole path, and arguments before those that the
// desktop adds.
type Program struct {
	Path string
	Args []string
}

// ThisProgram is the running one. Where its name on PATH leads to it, that name is taken: it outlives an
// update that puts the program elsewhere.
func ThisProgram(args ...string) (Program, error) {
	self, err := os.Executable()
	if err != nil {
		return Program{}, err
	}
	if found, err := exec.LookPath(filepath.Base(self)); err == nil && filepath.IsAbs(found) && same(found, self) {
		self = found
	}
	return Program{self, args}, nil
}

func same(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	two, err := os.Stat(b)
	return err == nil && os.SameFile(one, two)
}

// errProgram says that no desktop could start the program.
var errProgram = errors.New("cannot be started from a menu")

// check refuses what could not be written into the desktop's files.
func (p Program) check() error {
	if !filepath.IsAbs(p.Path) {
		return fmt.Errorf("%q %w: it is not a whole path", p.Path, errProgram)
	}
	for _, word := range p.words() {
		if strings.ContainsFunc(word, unicode.IsControl) || strings.ToValidUTF8(word, "") != word {
			return fmt.Errorf("%q %w: the name holds characters that are no text", word, errProgram)
		}
	}
	return nil
}

func (p Program) words() []string { return append([]string{p.Path}, p.Args...) }

// with is the program with more arguments.
func (p Program) with(args ...string) Program {
	return Program{p.Path, append(append([]string{}, p.Args...), args...)}
}
