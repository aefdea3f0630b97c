package tus

import (
	"encoding/base64"
	"strconv"
	"strings"
	"testing"
	"time"

	"portico/backend/vfs"
)

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestParseTarget(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	for name, c := range map[string]struct {
		header string
		want   target
		ok     bool
	}{
		"path alone":      {"path " + b64("/a/b.jpg"), target{path: "/a/b.jpg", exists: vfs.KeepBoth}, true},
		"with spaces":     {" path " + b64("/ä b.jpg") + " , note", target{path: "/ä b.jpg", exists: vfs.KeepBoth}, true},
		"replace":         {"path " + b64("/b") + ",exists " + b64("replace"), target{path: "/b", exists: vfs.Replace}, true},
		"skip":            {"path " + b64("/b") + ",exists " + b64("skip"), target{path: "/b", exists: vfs.Refuse, early: true}, true},
		"refuse":          {"path " + b64("/b") + ",exists " + b64("refuse"), target{path: "/b", exists: vfs.Refuse, early: true}, true},
		"digest":          {"path " + b64("/b") + ",sha256 " + b64(strings.ToUpper(sum)), target{path: "/b", sha256: sum}, true},
		"no path":         {"filename " + b64("b.jpg"), target{}, false},
		"relative":        {"path " + b64("b.jpg"), target{}, false},
		"folder":          {"path " + b64("/b/"), target{}, false},
		"unknown exists":  {"path " + b64("/b") + ",exists " + b64("maybe"), target{}, false},
		"bad base64":      {"path /b", target{}, false},
		"twice":           {"path " + b64("/b") + ",path " + b64("/c"), target{}, false},
		"bad time":        {"path " + b64("/b") + ",modified " + b64("now"), target{}, false},
		"bad digest":      {"path " + b64("/b") + ",sha256 " + b64("00"), target{}, false},
		"longer than all": {"path " + b64("/"+strings.Repeat("x", metadataLimit)), target{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if c.want.sha256 != "" {
				c.want.exists = vfs.KeepBoth
			}
			got, err := parseTarget(c.header)
			if (err == nil) != c.ok {
				t.Fatalf("error %v, want ok %v", err, c.ok)
			}
			if got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestParseModified(t *testing.T) {
	for text, ok := range map[string]bool{
		"0": true, "1700000000123": true, "9223372036854": true,
		"-1": false, "9223372036855": false, "9223372036854775807": false, "-9223372036854775808": false, "9223372036854775808": false,
	} {
		got, err := parseTarget("path " + b64("/b") + ",modified " + b64(text))
		if (err == nil) != ok {
			t.Errorf("%s: error %v, want ok %v", text, err, ok)
			continue
		}
		if back := time.Unix(0, got.modified.UnixNano()); ok && (strconv.FormatInt(back.UnixMilli(), 10) != text) {
			t.Errorf("%s became %v", text, back)
		}
	}
}

func FuzzHeaders(f *testing.F) {
	f.Add("path " + b64("/s/k7/x") + ",exists " + b64("keep"))
	f.Add("path " + b64("/\x00") + ",,")
	f.Add("sha256 " + b64(strings.Repeat("x", 32)))
	f.Fuzz(func(t *testing.T, header string) {
		if got, err := parseTarget(header); err == nil {
			if got.path == "" || got.path[0] != '/' {
				t.Errorf("accepted the path %q", got.path)
			}
		}
		if sum, err := parseChecksum(header); err == nil && sum != nil && len(sum.want) != sum.Size() {
			t.Errorf("accepted a checksum of %d bytes", len(sum.want))
		}
	})
}
