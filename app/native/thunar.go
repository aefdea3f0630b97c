package native

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// thunarID is the unique-id of our custom action in Thunar's uca.xml.
const thunarID = "portico-share"

// errThunar says that a file is not one of Thunar's.
var errThunar = errors.New("is not a list of custom actions")

// thunarSpan is where an element stands in the file, in bytes.
type thunarSpan struct{ start, end int64 }

// thunarFile is what is known of a uca.xml: everything else of it stays byte for byte.
type thunarFile struct {
	root    thunarSpan // <actions> … </actions>
	close   int64      // where </actions> begins
	empty   bool       // <actions/>
	actions int
	ours    []thunarSpan
	command string // of the last of ours
}

// readThunar finds the actions of a uca.xml.
func readThunar(text []byte) (thunarFile, error) {
	var f thunarFile
	d := xml.NewDecoder(bytes.NewReader(text))
	depth, start, seen := 0, int64(0), false
	inside, texts := "", map[string]string{} // of the action that is read
	for {
		at := d.InputOffset()
		token, err := d.Token()
		if errors.Is(err, io.EOF) && seen && depth == 0 {
			return f, nil
		}
		if err != nil {
			return f, fmt.Errorf("%w: %w", errThunar, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			switch {
			case depth == 1 && (seen || t.Name.Local != "actions"):
				return f, errThunar
			case depth == 1:
				seen, f.root.start = true, at
				f.empty = bytes.HasSuffix(text[at:d.InputOffset()], []byte("/>"))
			case depth == 2 && t.Name.Local == "action":
				f.actions++
				start = at
				clear(texts)
			}
			if inside = ""; depth == 3 {
				inside = t.Name.Local
			}
		case xml.CharData:
			texts[inside] += string(t)
		case xml.EndElement:
			inside = ""
			if depth == 2 && t.Name.Local == "action" && strings.TrimSpace(texts["unique-id"]) == thunarID {
				f.ours = append(f.ours, thunarSpan{start, d.InputOffset()})
				f.command = texts["command"]
			}
			if depth == 1 {
				f.close, f.root.end = at, d.InputOffset()
			}
			depth--
		}
	}
}

// withThunarAction puts our action at the end of a uca.xml, or in the place of ours that is there and
// starts something else. Everything else stays as it is, and so does ours in Thunar's own hand.
func withThunarAction(text []byte, command string) ([]byte, error) {
	f, err := readThunar(text)
	if err != nil {
		return nil, err
	}
	action := thunarAction(command)
	if len(f.ours) == 1 {
		if f.command == thunarCommand(command) {
			return text, nil
		}
		return splice(text, f.ours[0], action), nil
	}
	if len(f.ours) > 1 {
		if text, err = withoutThunarAction(text); err != nil {
			return nil, err
		}
		return withThunarAction(text, command)
	}
	if f.empty {
		tag := bytes.TrimSuffix(text[f.root.start:f.root.end], []byte("/>"))
		return splice(text, f.root, string(tag)+">"+action+"\n</actions>"), nil
	}
	return splice(text, thunarSpan{f.close, f.close}, action+"\n"), nil
}

// withoutThunarAction takes every action of ours out of a uca.xml, with the end of its line.
func withoutThunarAction(text []byte) ([]byte, error) {
	f, err := readThunar(text)
	if err != nil {
		return nil, err
	}
	out := bytes.Clone(text)
	for i := len(f.ours) - 1; i >= 0; i-- {
		span := f.ours[i]
		if bytes.HasPrefix(out[span.end:], []byte("\n")) {
			span.end++
		}
		out = splice(out, span, "")
	}
	return out, nil
}

func splice(text []byte, span thunarSpan, with string) []byte {
	out := bytes.Clone(text[:span.start])
	out = append(out, with...)
	return append(out, text[span.end:]...)
}

// thunarCommand is a command, as a shell reads it, with the names that Thunar adds and quotes.
func thunarCommand(command string) string { return strings.ReplaceAll(command, "%", "%%") + " %F" }

// thunarAction is our action.
func thunarAction(command string) string {
	var b strings.Builder
	b.WriteString("<action>\n\t<icon>portico</icon>\n\t<name>" + label + "</name>\n\t<unique-id>" + thunarID + "</unique-id>\n\t<command>")
	xml.EscapeText(&b, []byte(thunarCommand(command)))
	b.WriteString("</command>\n\t<description>A link that phones and browsers can open</description>\n\t<patterns>*</patterns>\n" +
		"\t<directories/>\n\t<audio-files/>\n\t<image-files/>\n\t<other-files/>\n\t<text-files/>\n\t<video-files/>\n</action>")
	return b.String()
}

// thunarEmpty is the list that is begun where there is none.
const thunarEmpty = xml.Header + "<actions>\n</actions>\n"
