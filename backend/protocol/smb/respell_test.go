//go:build linux

package smb

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portico/backend/protocol/protocoltest"
)

// TestRespell: a name gets other letter case by renaming it, and nothing else is in its way or taken away.
func TestRespell(t *testing.T) {
	h, _, address := open(t)
	h.Lay("/files/Some Folder/readme.txt", []byte("read"))
	h.Lay("/files/Some Folder/other.txt", []byte("other"))
	h.Lay("/files/both/name", []byte("small"))
	h.Lay("/files/both/NAME", []byte("LARGE"))
	c := newClient(t, address, protocoltest.Alice)
	for _, step := range []struct {
		from, to string
		err      error
		names    string // after it
	}{
		{"/files/Some Folder/readme.txt", "/files/Some Folder/README.txt", nil, "Some Folder/ Some Folder/README.txt Some Folder/other.txt both/ both/NAME both/name"},
		{"/files/some folder/readme.TXT", "/files/SOME FOLDER/Readme.txt", nil, "Some Folder/ Some Folder/Readme.txt Some Folder/other.txt both/ both/NAME both/name"},
		{"/files/Some Folder/Readme.txt", "/files/Some Folder/Readme.txt", nil, "Some Folder/ Some Folder/Readme.txt Some Folder/other.txt both/ both/NAME both/name"},
		{"/files/Some Folder/other.txt", "/files/Some Folder/README.TXT", fs.ErrExist, "Some Folder/ Some Folder/Readme.txt Some Folder/other.txt both/ both/NAME both/name"},
		{"/files/Some Folder", "/files/some folder", nil, "both/ both/NAME both/name some folder/ some folder/Readme.txt some folder/other.txt"},
		{"/files/SOME FOLDER", "/files/Some Folder", nil, "Some Folder/ Some Folder/Readme.txt Some Folder/other.txt both/ both/NAME both/name"},
		{"/files/both/name", "/files/both/NAME", fs.ErrExist, "Some Folder/ Some Folder/Readme.txt Some Folder/other.txt both/ both/NAME both/name"},
		{"/files/both/name", "/files/both/Name", nil, "Some Folder/ Some Folder/Readme.txt Some Folder/other.txt both/ both/NAME both/Name"},
		{"/files/both", "/files/BOTH", nil, "BOTH/ BOTH/NAME BOTH/Name Some Folder/ Some Folder/Readme.txt Some Folder/other.txt"},
	} {
		if err := c.Rename(step.from, step.to); !errors.Is(err, step.err) {
			t.Fatalf("%s to %s: %v", step.from, step.to, err)
		}
		if got := laid(h); got != step.names {
			t.Fatalf("%s to %s: on disk %s", step.from, step.to, got)
		}
	}
	for name, want := range map[string]string{"/files/Some Folder/Readme.txt": "read", "/files/Some Folder/other.txt": "other", "/files/BOTH/Name": "small", "/files/BOTH/NAME": "LARGE"} {
		if got := string(h.OnDisk(name)); got != want {
			t.Errorf("%s holds %q", name, got)
		}
	}
	// To put it in the place of what is there is still that, whatever its spelling.
	if _, err := c.do(`rename "\files\Some Folder\other.txt" "\files\Some Folder\README.TXT" -f`); err != nil {
		t.Error(err)
	}
	if got := fmt.Sprint(h.Names("/files/Some Folder")); got != "[Readme.txt]" || string(h.OnDisk("/files/Some Folder/Readme.txt")) != "other" {
		t.Errorf("replaced: %s", got)
	}
}

// laid is what lies on the disk but for what is always there.
func laid(h *protocoltest.House) string {
	return strings.Join(slices.DeleteFunc(h.Names("/files"), func(name string) bool { return name == "inbox/" || name == "private/" }), " ")
}

// TestRespellRclone does the same with a client that has nothing of Samba's.
func TestRespellRclone(t *testing.T) {
	need(t, "rclone")
	h, _, address := open(t)
	h.Lay("/files/folder/readme.txt", []byte("read"))
	_, port, _ := net.SplitHostPort(address)
	secret := strings.TrimSpace(run(t, nil, protocoltest.Password(protocoltest.Alice), "rclone", "obscure", "-"))
	at := ":smb,host=127.0.0.1,port=" + port + ",user=" + protocoltest.Alice + ",pass='" + secret + "':portico/files/"
	quiet := []string{"RCLONE_CONFIG=" + filepath.Join(t.TempDir(), "none")}
	run(t, quiet, "", "rclone", "moveto", at+"folder/readme.txt", at+"folder/README.txt")
	if got := laid(h); got != "folder/ folder/README.txt" || string(h.OnDisk("/files/folder/README.txt")) != "read" {
		t.Errorf("on disk: %s", got)
	}
}
