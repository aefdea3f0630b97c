package app

import (
	"errors"
	"fmt"
	"strings"

	"portico/backend/access"
)

// volumeFlag is what one `-v SRC:MOUNT:PERMS[,USER…][:PERMS,USER…]…[:c,FLAG…]` says.
type volumeFlag struct {
	Source string // folder on this computer as it was written
	Mount  string // as it was written; "" and "/" are the top of the tree
	Grants []flagGrant
	Flags  []flagOption
}

// flagGrant gives rights to users; no user means everyone.
type flagGrant struct {
	Rights access.Right
	Users  []string // account names; "@NAME" is a group, "*" everyone
}

// flagOption is one volume flag: "nodupe", or "scan=60".
type flagOption struct{ Name, Value string }

// parseVolume reads a -v value. drives is true where C:\ begins a path (Windows); there a colon
// cannot be part of a name. Elsewhere `\:` stands for a colon and `\\` for a backslash.
func parseVolume(text string, drives bool) (volumeFlag, error) {
	parts := splitColons(text, drives)
	if len(parts) < 3 {
		return volumeFlag{}, errors.New("a volume needs SRC:MOUNT:PERMS" + exampleFor(parts))
	}
	v := volumeFlag{Source: parts[0], Mount: parts[1]}
	if v.Source == "" {
		return volumeFlag{}, errors.New("the folder before the first colon is empty")
	}
	for _, part := range parts[2:] {
		if err := v.add(part); err != nil {
			return volumeFlag{}, err
		}
	}
	if len(v.Grants) == 0 {
		return volumeFlag{}, fmt.Errorf("nobody may use it: add rights, for example %q", joinColons(v.Source, v.Mount, "r"))
	}
	return v, nil
}

// add reads one field after the mount: rights with users, or flags.
func (v *volumeFlag) add(part string) error {
	items := strings.Split(part, ",")
	if items[0] == "c" {
		if len(items) == 1 {
			return errors.New(`"c" announces flags, and none follows`)
		}
		for _, item := range items[1:] {
			name, value, _ := strings.Cut(item, "=")
			if name == "" {
				return fmt.Errorf("a flag in %q has no name", part)
			}
			v.Flags = append(v.Flags, flagOption{name, value})
		}
		return nil
	}
	rights, ok := access.ParseRight(items[0])
	if !ok {
		return fmt.Errorf("%q are no rights: r read, w add, m move, d delete, g get, h index pages, a administer, . hidden names, A all", items[0])
	}
	g := flagGrant{Rights: rights}
	for _, user := range items[1:] {
		if user == "" || user == "@" {
			return fmt.Errorf("a name in %q is empty", part)
		}
		g.Users = append(g.Users, user)
	}
	v.Grants = append(v.Grants, g)
	return nil
}

// splitColons cuts at colons that are neither escaped nor part of a drive.
func splitColons(text string, drives bool) []string {
	var parts []string
	var b strings.Builder
	if drives && len(text) >= 3 && isLetter(text[0]) && text[1] == ':' && (text[2] == '\\' || text[2] == '/') {
		b.WriteString(text[:2])
		text = text[2:]
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && !drives && i+1 < len(text) && (text[i+1] == ':' || text[i+1] == '\\'):
			i++
			b.WriteByte(text[i])
		case c == ':':
			parts = append(parts, b.String())
			b.Reset()
		default:
			b.WriteByte(c)
		}
	}
	return append(parts, b.String())
}

// joinColons writes fields so that splitColons reads them back (without drives).
func joinColons(parts ...string) string {
	escape := strings.NewReplacer(`\`, `\\`, `:`, `\:`)
	for i := range parts {
		parts[i] = escape.Replace(parts[i])
	}
	return strings.Join(parts, ":")
}

// exampleFor completes what was written to the line that would be right.
func exampleFor(parts []string) string {
	example := make([]string, 0, 3)
	example = append(example, parts...)
	if example[0] == "" {
		example[0] = "FOLDER"
	}
	for len(example) < 2 {
		example = append(example, "")
	}
	return fmt.Sprintf("; everyone may read it with: -v %s", joinColons(append(example, "r")...))
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// parseAccount reads an -a value, USER:PASSWORD.
func parseAccount(text string) (name, password string, err error) {
	name, password, ok := strings.Cut(text, ":")
	switch {
	case !ok || name == "" || password == "":
		return "", "", errors.New("an account needs USER:PASSWORD; right would be: -a ann:PASSWORD")
	case strings.HasPrefix(password, ":"):
		// SRC::r is a volume whose flag was mistyped; as a password it would be a bad surprise.
		if _, rights := access.ParseRight(strings.SplitN(password[1:], ",", 2)[0]); rights || password == ":" {
			return "", "", fmt.Errorf("that is a volume, not an account; write: -v %s", text)
		}
	}
	return name, password, nil
}
