package ssdp

import (
	"bytes"
	"net/http/httptest"
	"strings"
	"testing"

	"portico/backend/discovery/group/grouptest"
)

func search(target string) string {
	return "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: " + target + "\r\n\r\n"
}

// TestAnswer: only searches for what this computer is are answered.
func TestAnswer(t *testing.T) {
	self := grouptest.Studio()
	for packet, want := range map[string]int{
		search("ssdp:all"):                          3,
		search(root):                                1,
		search("uuid:" + self.ID):                   1,
		search(device):                              1,
		search("uuid:of-somebody-else"):             0,
		search("urn:dial:dial:1"):                   0,
		search(""):                                  0,
		search(root)[:60]:                           0,
		search(root + strings.Repeat("x", askMost)): 0,
		strings.Replace(search(root), "M-SEARCH", "NOTIFY", 1):         0,
		strings.Replace(search(root), "ssdp:discover", "ssdp:live", 1): 0,
		strings.Replace(search(root), "MX: 1\r\n", "", 1):              0,
		strings.Replace(search(root), " * ", " /../../x ", 1):          0,
		"": 0,
	} {
		answers, sought := Speech{}.Answer(&self, []byte(packet))
		if len(answers) != want || sought != (want > 0) {
			t.Errorf("%q: %d answers, %v", packet, len(answers), sought)
		}
	}
}

// TestDescribe: nothing can be written.
func TestDescribe(t *testing.T) {
	self := grouptest.Studio()
	w := httptest.NewRecorder()
	Speech{}.Describe(&self, w, httptest.NewRequestWithContext(t.Context(), "POST", pagePath, nil))
	if w.Code != 405 {
		t.Errorf("%d", w.Code)
	}
}

// FuzzAnswer: whatever is sent, an answer is to a search, and no longer than a few times its packet.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{search("ssdp:all"), search(root), "M-SEARCH * HTTP/1.1\r\n\r\n", "NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\n\r\n"} {
		f.Add([]byte(seed))
	}
	self := grouptest.Studio()
	f.Fuzz(func(t *testing.T, packet []byte) {
		answers, sought := Speech{}.Answer(&self, packet)
		if sought != (len(answers) > 0) || len(answers) > 3 || sought && !bytes.HasPrefix(packet, []byte("M-SEARCH")) {
			t.Errorf("%q: %q", packet, answers)
		}
		for _, one := range answers {
			if len(one) > 400 || !bytes.HasSuffix(one, []byte("\r\n\r\n")) {
				t.Errorf("%q: %q", packet, one)
			}
		}
	})
}
