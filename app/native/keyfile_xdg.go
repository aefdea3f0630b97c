//go:build unix && !darwin

package native

import (
	"fmt"
	"strings"
)

// quoteExec writes a command as a .desktop file wants it (Desktop Entry 1.5, "The Exec key"): each word
// quoted where it needs it, percent signs doubled, and the whole escaped as a string.
func quoteExec(words ...string) string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = quoteExecWord(word)
	}
	return escapeValue(strings.Join(out, " "))
}

func quoteExecWord(word string) string {
	doubled := strings.ReplaceAll(word, "%", "%%")
	if word != "" && !strings.ContainsAny(word, " \t\n\"'\\><~|&;$*?#()`=") {
		return doubled
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`", `$`, `\$`).Replace(doubled) + `"`
}

// escapeValue writes a string as the value of a key.
func escapeValue(text string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(text)
}

func unescapeValue(text string) string {
	return strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\t`, "\t", `\r`, "\r", `\s`, " ").Replace(text)
}

// readExec takes the value of an Exec key apart; field codes (%F) are left out.
func readExec(value string) (words []string, err error) {
	text := unescapeValue(value)
	for text = strings.TrimLeft(text, " "); text != ""; text = strings.TrimLeft(text, " ") {
		var word string
		if text[0] == '"' {
			if word, text, err = readQuoted(text[1:]); err != nil {
				return nil, err
			}
		} else {
			word, text, _ = strings.Cut(text, " ")
		}
		if len(word) == 2 && word[0] == '%' && word[1] != '%' {
			continue
		}
		words = append(words, strings.ReplaceAll(word, "%%", "%"))
	}
	return words, nil
}

func readQuoted(text string) (word, rest string, err error) {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			return b.String(), text[i+1:], nil
		case '\\':
			if i++; i == len(text) {
				return "", "", fmt.Errorf("a backslash at the end of %q", text)
			}
		}
		b.WriteByte(text[i])
	}
	return "", "", fmt.Errorf("a quotation without end: %q", text)
}

// readGroup reads the keys of one group of a file in the form of .desktop files. What it cannot read it
// passes over, as desktops do. The first of two equal keys counts.
func readGroup(text, group string) map[string]string {
	keys, here := make(map[string]string), false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			here = line == "["+group+"]"
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if key = strings.TrimSpace(key); !here || !ok || strings.HasPrefix(line, "#") || hasKey(keys, key) {
			continue
		}
		keys[key] = strings.TrimSpace(value)
	}
	return keys
}

func hasKey(keys map[string]string, key string) bool {
	_, ok := keys[key]
	return ok
}
