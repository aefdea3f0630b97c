package config

import (
	"bytes"
	"errors"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// syntaxProblem says where a text is no TOML, and what the line was probably meant to be: the first
// small repair of that line after which the text is sound up to a later line.
func syntaxProblem(text []byte, syntax *toml.DecodeError) Problem {
	line, column := syntax.Position()
	p := Problem{Line: line, Column: characters(text, line, column), Cause: strings.TrimPrefix(syntax.Error(), "toml: ")}
	lines := bytes.Split(text, []byte("\n"))
	if line < 1 || line > len(lines) {
		return p
	}
	whole := string(bytes.TrimRight(lines[line-1], "\r"))
	for _, repaired := range repairs(whole) {
		if repaired == whole {
			continue
		}
		lines[line-1] = []byte(repaired)
		var check map[string]any
		err := toml.Unmarshal(bytes.Join(lines, []byte("\n")), &check)
		var next *toml.DecodeError
		if errors.As(err, &next) {
			if at, _ := next.Position(); at <= line {
				continue
			}
		}
		p.Right = strings.TrimSpace(repaired)
		break
	}
	return p
}

// repairs lists what a broken line may have been meant to be, likeliest first.
func repairs(line string) []string {
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	body := strings.TrimSpace(line)
	if strings.HasPrefix(body, "[") {
		name := strings.Trim(strings.TrimSpace(strings.SplitN(body, "#", 2)[0]), "[] ")
		if strings.HasPrefix(body, "[[") {
			return []string{indent + "[[" + name + "]]"}
		}
		return []string{indent + "[" + name + "]"}
	}
	var out []string
	for _, sep := range []string{"=", ":", " "} {
		key, value, found := strings.Cut(body, sep)
		if !found {
			continue
		}
		key = strings.Trim(strings.TrimSpace(key), `"'`)
		value, comment := splitComment(strings.TrimSpace(value))
		for _, k := range []string{key, quote(key)} {
			for _, v := range values(value) {
				out = append(out, indent+k+" = "+v+comment)
			}
		}
	}
	return out
}

var bareInBraces = regexp.MustCompile(`([{,]\s*)([^\s"'={},]+)(\s*=)`)

// values lists what a broken value may have been meant to be.
func values(value string) []string {
	bare := strings.Trim(value, `"'`)
	out := []string{value}
	switch strings.ToLower(bare) {
	case "yes", "on", "true":
		out = append(out, "true")
	case "no", "false":
		out = append(out, "false")
	}
	if strings.HasPrefix(value, "[") && !strings.HasSuffix(value, "]") {
		out = append(out, value+"]")
	}
	if strings.HasPrefix(value, "{") {
		return append(out, bareInBraces.ReplaceAllString(value, `$1"$2"$3`))
	}
	return append(out, quote(bare), quote(value))
}

// splitComment parts a trailing comment from a value that has no # in quotes before it.
func splitComment(value string) (before, comment string) {
	if i := strings.Index(value, " #"); i >= 0 {
		return strings.TrimSpace(value[:i]), value[i:]
	}
	return value, ""
}
