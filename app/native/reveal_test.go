package native

import (
	"strings"
	"testing"
)

func TestAddress(t *testing.T) {
	for text, want := range map[string]string{
		"http://192.168.1.20:3923/s/k7qf2mzx":       "http://192.168.1.20:3923/s/k7qf2mzx",
		"HTTPS://my-laptop.local/ünï?a=b&c=d#e":     "https://my-laptop.local/%C3%BCn%C3%AF?a=b&c=d#e",
		"http://[fe80::1]:80/":                      "http://[fe80::1]:80/",
		"mailto:a@example.org?subject=x%20y":        "mailto:a@example.org?subject=x%20y",
		"mailto:?body=http%3A%2F%2F192.168.1.20%2F": "mailto:?body=http%3A%2F%2F192.168.1.20%2F",

		"file:///etc/passwd": "", "/etc/passwd": "", "": "", "javascript:alert(1)": "", "-h": "", "//host/x": "",
		"http:": "", "http:///x": "", "https:opaque": "", "ssh://x": "", "smb://x/y": "", "vbscript:x": "", "mailto:": "",
		"http://x/\n--new-window": "", "http://x/?\"a": "", "http://x/?a b": "", "http://x/?a`b`": "", "http://x/%zz": "",
		"mailto:a@example.org?attach=/etc/passwd": "", "mailto:a@example.org?Attachment=/etc/passwd": "",
	} {
		got, err := address(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q becomes %q, %v", text, got, err)
		}
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("http://x/y?z#a")
	f.Add("mailto:a@b?c=d")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := address(text)
		if err != nil {
			return
		}
		if !strings.HasPrefix(got, "http://") && !strings.HasPrefix(got, "https://") && !strings.HasPrefix(got, "mailto:") {
			t.Errorf("%q becomes %q", text, got)
		}
		if strings.ContainsAny(got, " \n\r\t\"'`\\{}") {
			t.Errorf("%q becomes %q", text, got)
		}
		if again, err := address(got); err != nil || again != got {
			t.Errorf("%q becomes %q, then %q, %v", text, got, again, err)
		}
	})
}
