package native

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// Entries are "Share with Portico" in the Explorer's menus, as keys of this person's registry; nothing is
// written unless Install is called.
type Entries struct{ program Program }

// NewEntries makes Entries for a program, whose own icon is shown.
func NewEntries(_ Places, program Program, _ []Picture) *Entries { return &Entries{program} }

// shellKey is a menu of the Explorer, and how it hands over what was clicked.
type shellKey struct{ about, key, argument string }

func shellKeys() []shellKey {
	const classes = `Software\Classes\`
	return []shellKey{
		{"Files", classes + `*\shell\Portico`, `"%1"`},
		// The dot keeps the backslash of "C:\" from quoting the quotation mark; "C:\x\." is C:\x.
		{"Folders", classes + `Directory\shell\Portico`, `"%1\."`},
		{"Background of folders", classes + `Directory\Background\shell\Portico`, `"%V\."`},
		{"Drives", classes + `Drive\shell\Portico`, `"%1\."`},
	}
}

// Installed reports whether the Explorer has our entry for folders.
func (e *Entries) Installed() bool {
	key, err := registry.OpenKey(registry.CURRENT_USER, shellKeys()[1].key, registry.QUERY_VALUE)
	if err == nil {
		key.Close()
	}
	return err == nil
}

// Install writes the entries and answers a line for each.
func (e *Entries) Install(context.Context) (lines []string, err error) {
	if err := e.program.check(); err != nil {
		return nil, err
	}
	var errs []error
	for _, k := range shellKeys() {
		if err := e.write(k); err != nil {
			errs = append(errs, err)
			continue
		}
		lines = append(lines, "Explorer, "+k.about+`: written, HKCU\`+k.key)
	}
	return lines, errors.Join(errs...)
}

func (e *Entries) write(k shellKey) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, k.key, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer key.Close()
	command, _, err := registry.CreateKey(registry.CURRENT_USER, k.key+`\command`, registry.SET_VALUE)
	if err != nil {
		return err
	}
	defer command.Close()
	// A percent sign in a path would be taken for one of the Explorer's own.
	run := strings.ReplaceAll(windows.ComposeCommandLine(e.program.words()), "%", "%%") + " " + k.argument
	return errors.Join(key.SetStringValue("", label), key.SetStringValue("Icon", `"`+e.program.Path+`",0`), command.SetStringValue("", run))
}

// Remove takes the entries away and answers a line for each.
func (e *Entries) Remove(context.Context) (lines []string, err error) {
	var errs []error
	for _, k := range shellKeys() {
		gone := false
		for _, name := range []string{k.key + `\command`, k.key} {
			err := registry.DeleteKey(registry.CURRENT_USER, name)
			if err != nil && !errors.Is(err, registry.ErrNotExist) {
				errs = append(errs, err)
			}
			gone = gone || err == nil
		}
		if gone {
			lines = append(lines, "Explorer, "+k.about+`: removed, HKCU\`+k.key)
		}
	}
	if len(lines) == 0 && len(errs) == 0 {
		lines = []string{"There was nothing to remove."}
	}
	return lines, errors.Join(errs...)
}
