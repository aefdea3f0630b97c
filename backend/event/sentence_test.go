package event

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestSentence(t *testing.T) {
	for _, c := range []struct {
		e    Event
		want string
	}{
		{Event{Kind: Created, Path: "/Lab inbox", Count: 14, Size: 86_000_000, Door: "http", Identity: "link:k", Name: "link “Lab inbox”", Client: "iPhone · Safari", Remote: "10.0.0.7"},
			"iPhone · Safari added 14 files (86 MB) to Lab inbox through the web"},
		{Event{Kind: Created, Path: "/photos/cat.jpg", Size: 3_140_000, Door: "ftp", Identity: "account:1", Name: "ada", Client: "lftp"},
			"ada added cat.jpg (3.1 MB) to photos through FTP"},
		{Event{Kind: Created, Path: "/cat.jpg", Identity: "owner:"}, "You added cat.jpg to the top folder"},
		{Event{Kind: Created, Path: "/a/b", Identity: "guest:", Remote: "10.0.0.7"}, "Somebody at 10.0.0.7 added b to a"},
		{Event{Kind: Created, Path: "/a/b"}, "Somebody added b to a"},
		{Event{Kind: Created, Path: "/a/b", Identity: "token:x", Name: "token “backup”", Door: "api"}, "The token “backup” added b to a through the API"},
		{Event{Kind: Replaced, Path: "/a/b", Size: 1, Name: "ada", Door: "webdav"}, "ada replaced b (1 byte) in a through WebDAV"},
		{Event{Kind: Appended, Path: "/a/log", Size: 999, Name: "ada", Door: "sftp"}, "ada added 999 bytes to log in a through SFTP"},
		{Event{Kind: Appended, Path: "/a/log", Name: "ada"}, "ada added to log in a"},
		{Event{Kind: Folder, Path: "/a/b", Name: "ada", Door: "smb"}, "ada made the folder b in a as a network drive"},
		{Event{Kind: Removed, Path: "/a/b", Name: "ada", Count: 1204, Size: 3_100_000_000}, "ada removed b (1,204 files, 3.1 GB) from a"},
		{Event{Kind: Restored, Path: "/a/b", Identity: "owner:"}, "You brought b back to a"},
		{Event{Kind: Renamed, From: "/a/b", Path: "/a/c", Name: "ada"}, "ada renamed b to c in a"},
		{Event{Kind: Renamed, From: "/a/b", Path: "/c/b", Name: "ada", Count: 2}, "ada moved b from a to c (2 files)"},
		{Event{Kind: Renamed, From: "/b", Path: "/c/d", Name: "ada"}, "ada moved b from the top folder to c as d"},
		{Event{Kind: Copied, From: "/a/b", Path: "/a/b (2)", Name: "ada"}, "ada copied b to b (2) in a"},
		{Event{Kind: Copied, From: "/a/b", Path: "/c/b", Name: "ada"}, "ada copied b from a to c"},
		{Event{Kind: Read, Path: "/a/b", Size: 12_345, Name: "ada", Door: "tftp"}, "ada fetched b (12 KB) from a through TFTP"},
		{Event{Kind: Read, Path: "/a", Count: 3, Name: "ada"}, "ada fetched 3 files from a"},
		{Event{Kind: Refused, Path: "/a/b", Name: "ada", Text: "the quota is used up"}, "ada was refused b in a: the quota is used up"},
		{Event{Kind: Refused, Remote: "10.0.0.7", Door: "ftp", Text: "too many connections"}, "Somebody at 10.0.0.7 was turned away at FTP: too many connections"},
		{Event{Kind: Refused, Remote: "10.0.0.7", Door: "http", Count: 1204, Text: "too many connections"}, "Somebody at 10.0.0.7 was turned away 1,204 times at the web: too many connections"},
		{Event{Kind: Refused, Remote: "10.0.0.7", Door: "sftp", Identity: "account:x", Name: "ada", Text: "no"}, "ada was turned away at SFTP from 10.0.0.7: no"},
		{Event{Kind: Refused, Code: "DOOR-OLD-01", Remote: "10.0.0.7", Door: "ftps", Text: "it only speaks TLS 1.0"}, "An old device at 10.0.0.7 was turned away at FTPS: it only speaks TLS 1.0"},
		{Event{Kind: Refused, Count: 99, Text: "99 more within a minute, from elsewhere"}, "Turned away: 99 more within a minute, from elsewhere"},
		{Event{Kind: Failed, Path: "/a/b", Name: "ada", Text: "the connection was cut"}, "ada could not finish b in a: the connection was cut"},
		{Event{Kind: Failed, Text: "the disk is full"}, "Something failed: the disk is full"},
		{Event{Kind: SignedIn, Name: "ada", Door: "http", Remote: "10.0.0.7", Client: "Firefox"}, "ada signed in through the web with Firefox from 10.0.0.7"},
		{Event{Kind: SignedOut, Name: "ada"}, "ada signed out"},
		{Event{Kind: Wrong, Name: "ada", Door: "ftp", Remote: "10.0.0.7", Count: 12}, "Somebody at 10.0.0.7 gave a wrong password or key for ada 12 times through FTP"},
		{Event{Kind: Opened, Path: "/a", Identity: "link:x", Client: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1", Remote: "10.0.0.7", Door: "http"},
			"iPhone · Safari opened the share a through the web from 10.0.0.7"},
		{Event{Kind: Wrong, Remote: "10.0.0.7", Client: "curl"}, "Somebody at 10.0.0.7 gave a wrong password or key with curl"},
		{Event{Kind: Wrong, Count: 99, Text: "99 more within a minute, from elsewhere"}, "Wrong passwords or keys: 99 more within a minute, from elsewhere"},
		{Event{Kind: Shared, Path: "/Holiday photos", Identity: "owner:"}, "You shared Holiday photos"},
		{Event{Kind: Paused, Path: "/a", Identity: "owner:"}, "You paused the share a"},
		{Event{Kind: Unshared, Path: "/a", Identity: "owner:"}, "You stopped sharing a"},
		{Event{Kind: Unshared, Path: "/a", Text: "its time was over"}, "The share a ended: its time was over"},
		{Event{Kind: Opened, Path: "/a", Identity: "link:x", Client: "Pixel 8 · Chrome", Remote: "10.0.0.7", Door: "http"}, "Pixel 8 · Chrome opened the share a through the web from 10.0.0.7"},
		{Event{Kind: DoorOpened, Door: "http", Text: "http://10.0.0.1:3923/"}, "The web is open at http://10.0.0.1:3923/"},
		{Event{Kind: DoorClosed, Door: "ftp"}, "FTP is closed"},
		{Event{Kind: VolumeAbsent, Path: "/PHOTOS"}, "PHOTOS is not connected; it waits"},
		{Event{Kind: VolumeBack, Path: "/PHOTOS"}, "PHOTOS is connected again"},
		{Event{Kind: Notice, Text: "The clock was set back."}, "The clock was set back."},
		{Event{Kind: "newer", Text: "x"}, "newer x"},
		{Event{Kind: Created, Path: "/a\u202e/b\xff\n\x1b[2J", Name: "a\u200bd"}, "a\ufffdd added b\ufffd \ufffd[2J to a\ufffd"},
		{Event{Kind: Folder, Path: "/👩‍🔬/" + strings.Repeat("é", 300), Name: "ada"}, "ada made the folder " + strings.Repeat("é", 79) + "… in 👩‍🔬"},
	} {
		if got := Sentence(c.e); got != c.want {
			t.Errorf("%+v\n got %q\nwant %q", c.e, got, c.want)
		}
	}
}

// Every kind has words of its own.
func TestSentenceOfEveryKind(t *testing.T) {
	for _, k := range []Kind{Created, Replaced, Appended, Folder, Removed, Restored, Renamed, Copied, Read, Refused, Failed,
		SignedIn, SignedOut, Wrong, Shared, Unshared, Paused, Resumed, Opened, DoorOpened, DoorClosed, VolumeAbsent, VolumeBack} {
		s := Sentence(Event{Kind: k, Path: "/a/b", From: "/a/c"})
		if sentences(k) == nil || s == "" || strings.Contains(s, "  ") || unicode.IsLower([]rune(s)[0]) && k != VolumeAbsent && k != VolumeBack {
			t.Errorf("%s: %q", k, s)
		}
	}
}

func FuzzSentence(f *testing.F) {
	f.Add("created", "/a/b", "", "http", "link:x", "n", "c", "t", int64(1), int64(3))
	f.Add("renamed", "", "a", "", "", "", "", "", int64(-1), int64(-9))
	f.Fuzz(func(t *testing.T, kind, path, from, door, identity, name, client, text string, count, size int64) {
		s := Sentence(Event{Kind: Kind(kind), Path: path, From: from, Door: door, Identity: identity, Name: name,
			Client: client, Text: text, Count: count, Size: size})
		if sentences(Kind(kind)) == nil {
			return
		}
		if !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl) || utf8.RuneCountInString(s) > 1200 {
			t.Errorf("%q", s)
		}
	})
}

func TestBytes(t *testing.T) {
	for n, want := range map[int64]string{0: "0 bytes", 1: "1 byte", 999: "999 bytes", 1000: "1 KB", 1049: "1 KB", 1050: "1.1 KB",
		9949: "9.9 KB", 9951: "10 KB", 999_499: "999 KB", 999_500: "1 MB", 3_100_000_000: "3.1 GB", 1 << 62: "4.6 EB"} {
		if got := Bytes(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}
