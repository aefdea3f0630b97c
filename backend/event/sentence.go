package event

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"portico/backend/device"
)

// Sentence says an event as one line of plain English, without time and full stop. Names in it are
// cleaned: nothing in it can move a cursor, turn the direction of writing or be longer than a line.
func Sentence(e Event) string {
	if say := sentences(e.Kind); say != nil {
		return say(e)
	}
	return join(string(e.Kind), text(e))
}

// sentences returns what makes the sentence of a kind, nil for a kind of a newer program.
func sentences(k Kind) func(Event) string {
	switch k {
	case Created, Replaced, Appended, Folder, Removed, Restored, Renamed, Copied, Read:
		return change
	case Refused, Failed:
		return trouble
	case SignedIn, SignedOut, Wrong:
		return signing
	case Shared, Unshared, Paused, Resumed, Opened:
		return sharing
	case DoorOpened, DoorClosed, VolumeAbsent, VolumeBack, Notice:
		return house
	}
	return nil
}

// change tells of a verb on files.
func change(e Event) string {
	who, what, where := subject(e), name(e.Path), folder(e.Path)
	amount := brackets(e)
	switch e.Kind {
	case Appended:
		if e.Size > 0 {
			return join(who, "added", Bytes(e.Size), "to", what, "in", where, through(e))
		}
		return join(who, "added to", what, "in", where, through(e))
	case Folder:
		if e.Count > 1 {
			return join(who, "made", Number(e.Count), "folders in", place(e.Path), through(e))
		}
		return join(who, "made the folder", what, "in", where, through(e))
	case Removed:
		return join(who, "removed", what, amount, "from", where, through(e))
	case Restored:
		return join(who, "brought", what, amount, "back to", where, through(e))
	case Renamed:
		return join(who, moved(e, "renamed", "moved"), amount, through(e))
	case Copied:
		return join(who, moved(e, "copied", "copied"), amount, through(e))
	}
	if e.Count > 1 {
		what, where = files(e.Count), place(e.Path)
		if e.Size > 0 {
			amount = "(" + Bytes(e.Size) + ")"
		} else {
			amount = ""
		}
	}
	switch e.Kind {
	case Replaced:
		return join(who, "replaced", what, amount, "in", where, through(e))
	case Read:
		return join(who, "fetched", what, amount, "from", where, through(e))
	}
	return join(who, "added", what, amount, "to", where, through(e))
}

// moved says from where to where.
func moved(e Event, inPlace, away string) string {
	old, now := name(e.From), name(e.Path)
	switch {
	case parent(e.From) == parent(e.Path):
		return join(inPlace, old, "to", now, "in", folder(e.Path))
	case old == now:
		return join(away, old, "from", folder(e.From), "to", folder(e.Path))
	}
	return join(away, old, "from", folder(e.From), "to", folder(e.Path), "as", now)
}

func trouble(e Event) string {
	if e.Path == "" {
		if e.Kind == Refused {
			return away(e)
		}
		return because(join("Something failed", through(e)), e)
	}
	if e.Kind == Refused {
		return because(join(subject(e), "was refused", name(e.Path), "in", folder(e.Path), through(e)), e)
	}
	return because(join(subject(e), "could not finish", name(e.Path), "in", folder(e.Path), through(e)), e)
}

// away tells of who came to a door and was turned away.
func away(e Event) string {
	who := subject(e)
	switch {
	case e.Remote == "" && e.Count > 0:
		return "Turned away: " + text(e)
	case strings.HasPrefix(e.Code, CodeOld):
		who = "An old device at " + clean(e.Remote)
	}
	where := ""
	if e.Door != "" {
		where = "at " + lowerThe(doorName(e.Door))
	}
	return because(join(who, "was turned away", times(e), where, from(who, e)), e)
}

func times(e Event) string {
	if e.Count > 1 {
		return Number(e.Count) + " times"
	}
	return ""
}

// signing tells who came, went, or tried.
func signing(e Event) string {
	who := subject(e)
	switch e.Kind {
	case SignedIn:
		return join(who, "signed in", through(e), with(who, e), from(who, e))
	case SignedOut:
		return join(who, "signed out", through(e))
	}
	if e.Text != "" && e.Remote == "" {
		return "Wrong passwords or keys: " + text(e)
	}
	whose := ""
	if e.Name != "" {
		whose = "for " + clean(e.Name)
	}
	who = somebody(e)
	return join(who, "gave a wrong password or key", whose, times(e), through(e), with(who, e))
}

func sharing(e Event) string {
	switch e.Kind {
	case Shared:
		return join(subject(e), "shared", place(e.Path))
	case Paused:
		return join(subject(e), "paused the share", place(e.Path))
	case Resumed:
		return join(subject(e), "resumed the share", place(e.Path))
	case Opened:
		return join(subject(e), "opened the share", place(e.Path), through(e), from(subject(e), e))
	}
	if e.Identity == "" && e.Name == "" {
		return because(join("The share", place(e.Path), "ended"), e)
	}
	return join(subject(e), "stopped sharing", place(e.Path))
}

// house tells of what nobody outside did.
func house(e Event) string {
	what := place(e.Path)
	switch e.Kind {
	case DoorOpened:
		return join(doorName(e.Door), "is open", at(e))
	case DoorClosed:
		return because(join(doorName(e.Door), "is closed"), e)
	case VolumeAbsent:
		return join(what, "is not connected; it waits")
	case VolumeBack:
		return join(what, "is connected again")
	}
	return text(e)
}

func at(e Event) string {
	if e.Text == "" {
		return ""
	}
	return "at " + text(e)
}

// subject says who did it: the owner is "You", a visitor what it came with, others their name.
func subject(e Event) string {
	kind, _, _ := strings.Cut(e.Identity, ":")
	switch {
	case kind == "owner":
		return "You"
	case (kind == "guest" || kind == "link" || e.Name == "") && e.Client != "":
		return e.Device()
	case kind != "guest" && e.Name != "":
		return upperFirst(clean(e.Name))
	}
	return somebody(e)
}

// Device is what it was done with as a person calls it, "" where that is unknown. A slash is what
// User-Agents have; all else is a name already.
func (e Event) Device() string {
	if strings.Contains(e.Client, "/") {
		return clean(device.Name(e.Client))
	}
	return clean(e.Client)
}

func somebody(e Event) string {
	if e.Remote == "" {
		return "Somebody"
	}
	return "Somebody at " + clean(e.Remote)
}

// upperFirst begins a sentence, where a name begins with a word of ours: link “Photos”.
func upperFirst(s string) string {
	if strings.HasPrefix(s, "link ") || strings.HasPrefix(s, "token ") || strings.HasPrefix(s, "device ") {
		return "The " + s
	}
	return s
}

func with(who string, e Event) string {
	if e.Client == "" || who == e.Device() {
		return ""
	}
	return "with " + e.Device()
}

func from(who string, e Event) string {
	if e.Remote == "" || strings.Contains(who, clean(e.Remote)) {
		return ""
	}
	return "from " + clean(e.Remote)
}

// because adds the reason, where there is one.
func because(s string, e Event) string {
	if reason := text(e); reason != "" {
		return s + ": " + reason
	}
	return s
}

// through names the door as part of a sentence.
func through(e Event) string {
	switch e.Door {
	case "", "console", "window", "desktop", "control":
		return ""
	case "smb":
		return "as a network drive"
	}
	return "through " + lowerThe(doorName(e.Door))
}

func lowerThe(s string) string {
	if after, found := strings.CutPrefix(s, "The "); found {
		return "the " + after
	}
	return s
}

// doorName names a door as the subject of a sentence.
func doorName(door string) string {
	switch door {
	case "http", "https", "web":
		return "The web"
	case "api":
		return "The API"
	case "webdav":
		return "WebDAV"
	case "console", "control":
		return "The control listener"
	case "":
		return "A door"
	}
	return strings.ToUpper(clean(door))
}

// place names a folder or share by its last name.
func place(path string) string {
	if path == "" || path == "/" {
		return "the top folder"
	}
	return name(path)
}

func folder(path string) string { return place(parent(path)) }

func name(path string) string { return clean(path[strings.LastIndexByte(path, '/')+1:]) }

func parent(path string) string { return path[:max(strings.LastIndexByte(path, '/'), 0)] }

// brackets tells how much a verb moved: "(3 MB)", "(14 files, 86 MB)".
func brackets(e Event) string {
	var parts []string
	if e.Count > 1 {
		parts = append(parts, files(e.Count))
	}
	if e.Size > 0 {
		parts = append(parts, Bytes(e.Size))
	}
	if parts == nil {
		return ""
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

func files(n int64) string {
	if n == 1 {
		return "1 file"
	}
	return Number(n) + " files"
}

// Number writes 1204 as "1,204".
func Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Bytes writes a size as people read it: "512 bytes", "3.1 GB", "86 MB" (thousands, not 1024s).
func Bytes(n int64) string {
	if n == 1 {
		return "1 byte"
	}
	units := [...]string{"bytes", "KB", "MB", "GB", "TB", "PB", "EB"}
	f, unit := float64(n), 0
	for f >= 999.5 && unit < len(units)-1 {
		f, unit = f/1000, unit+1
	}
	if unit == 0 || f >= 9.95 {
		return strconv.FormatFloat(math.Round(f), 'f', 0, 64) + " " + units[unit]
	}
	return strings.TrimSuffix(strconv.FormatFloat(math.Round(f*10)/10, 'f', 1, 64), ".0") + " " + units[unit]
}

func text(e Event) string { return cleanTo(e.Text, 400) }

func clean(s string) string { return cleanTo(s, 80) }

// cleanTo replaces what is no letter, sign or plain space, and shortens.
func cleanTo(s string, longest int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r):
			if r == '\u200d' {
				return r // joins the parts of an emoji
			}
			return '\ufffd'
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) <= longest {
		return s
	}
	return string([]rune(s)[:longest-1]) + "…"
}

// join puts the parts that are not empty together.
func join(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(p)
	}
	return b.String()
}
