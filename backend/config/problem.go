package config

import (
	"fmt"
	"path/filepath"
	"strings"
)

// Problem is one thing that is wrong with a configuration, and how it would be right.
type Problem struct {
	File   string // as it was given to Load; "" when the value comes from elsewhere
	Line   int    // from 1; 0: unknown
	Column int    // in characters, from 1
	Key    string // whole key, "http.tls.mode"; of the second volume "volume[2].path"
	Cause  string // what is wrong
	Right  string // one or more lines that would be right; "" when none can be told
}

// Error is one line: place, key, cause; and the right line behind it.
func (p Problem) Error() string {
	var b strings.Builder
	if p.File != "" {
		b.WriteString(filepath.Base(p.File) + ":")
		if p.Line > 0 {
			fmt.Fprintf(&b, "%d:%d:", p.Line, p.Column)
		}
		b.WriteByte(' ')
	}
	if p.Key != "" {
		b.WriteString(p.Key + ": ")
	}
	b.WriteString(p.Cause)
	if p.Right != "" {
		b.WriteString("; right would be: " + strings.ReplaceAll(p.Right, "\n", " ⏎ "))
	}
	return b.String()
}

// Problems is everything that is wrong, in the order of the file.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}
